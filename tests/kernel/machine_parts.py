"""What the virtual machine is made of, built once into the user's cache folder.

    kernel      Debian's own linux-image package, downloaded and unpacked, never installed
    modules     module/*.c, built against Debian's linux-headers package
    initrd      busybox, those modules and a few of Debian's, guest/init
    Python      the interpreter that runs the tests, in an environment with gpiod, smbus2 and
                rpi-lgpio; the last owns the name RPi.GPIO, so it must not meet the real one

Everything is keyed by what it is made from, so that a change makes another.
"""

import fcntl
import hashlib
import lzma
import os
import platform
import re
import shutil
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

HERE = Path(__file__).resolve().parent
BUSYBOX = Path("/bin/busybox")
REQUIREMENTS = ("gpiod==2.5.0", "smbus2==0.6.1")
RPI_LGPIO = ("rpi-lgpio==0.6", "lgpio==0.2.2.0")
# In the order in which they are loaded; what they depend on comes before them by itself.
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "i2c_dev", "i2c_piix4", "i2c_stub")
# After those, where there is a disk.
DISK_MODULES = ("virtio_blk", "ext4")
_MODULE_FOLDERS = (
    *("crypto/crc32c", "drivers/block/virtio_blk.", "drivers/i2c/", "drivers/virtio/"),
    *("fs/", "lib/", "net/9p/"),
)
_OURS = ("storm_petrel_bench", "storm_petrel_barometer")
_PATIENCE_S = 600


class PartMissing(Exception):
    """The virtual machine cannot be built here; the message says why and what to do."""


class Parts(NamedTuple):
    """All that a boot needs. rpi_lgpio: empty, or why the guest's Python has no RPi.GPIO."""

    vmlinux: Path
    initrd: Path
    python: Path
    rpi_lgpio: str


def prepare() -> Parts:
    """Build what is not built yet: a minute the first time, nothing later.

    Raises PartMissing.
    """
    version = _kernel_version()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "storm-petrel" / "kernel"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PartMissing(f"the cache folder {folder} cannot be made: {error}") from error
    with _alone(folder / "lock"):
        kernel = _kernel(folder, version)
        initrd = _initrd(folder, kernel, version)
        python, rpi_lgpio = _python(folder)
    return Parts(kernel / "vmlinux", initrd, python, rpi_lgpio)


def say(words: str) -> None:
    """Tell the person what takes so long."""
    print(f"virtual machine: {words}", file=sys.stderr, flush=True)


def _kernel_version() -> str:
    """The newest kernel whose headers are installed. PartMissing names all that is not."""
    if platform.machine() != "x86_64" or not shutil.which("apt-get"):
        raise PartMissing("the virtual machine is for x86-64 Debian: it boots Debian's own kernel")
    programs = {"qemu-system-x86_64": "qemu-system-x86", "gcc": "gcc", "make": "make"}
    packages = [package for name, package in programs.items() if not shutil.which(name)]
    if not BUSYBOX.exists() or b"ld-linux" in BUSYBOX.read_bytes()[:4096]:
        packages.append("busybox-static")
    builds = Path("/lib/modules").glob("*-amd64/build")
    versions = [b.parent.name for b in builds if not re.search("-(rt|cloud)-", b.parent.name)]
    if not versions:
        packages.append("linux-headers-amd64")
    if packages:
        raise PartMissing(f"not installed (sudo apt-get install {' '.join(packages)})")
    return max(versions, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One builder at a time; the others wait and find everything there."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: Sequence[str | Path], failure: str, cwd: Path | None = None) -> None:
    """Run a quiet command; PartMissing with its last words when it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired as error:
        raise PartMissing(f"{failure}: no end after {_PATIENCE_S} s") from error
    if done.returncode:
        raise PartMissing(f"{failure}: {' '.join(done.stdout.split()[-60:])}")


def _kernel(folder: Path, version: str) -> Path:
    """A folder with vmlinux, modules.builtin and *.ko out of Debian's package."""
    chosen = hashlib.sha256(" ".join(_MODULE_FOLDERS).encode()).hexdigest()[:8]
    kernel = folder / f"linux-{version}-{chosen}"
    if kernel.exists():
        return kernel
    say(f"fetching Debian's kernel {version} (about 70 MB, once)")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        new = Path(scratch) / "kernel"
        new.mkdir()
        _download(f"linux-image-{version}", Path(scratch))
        package = next(Path(scratch).glob("*.deb"))
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE
        ) as dpkg:
            assert dpkg.stdout is not None
            try:
                _unpack(dpkg.stdout, new)
            except (tarfile.TarError, lzma.LZMAError) as error:
                raise PartMissing(f"{package.name} cannot be unpacked: {error}") from error
        if dpkg.returncode or not (new / "vmlinux").exists():
            raise PartMissing(f"{package.name} is not what it was: it holds no whole kernel")
        new.rename(kernel)
    return kernel


def _download(package: str, folder: Path) -> None:
    # apt's own user may not write here.
    apt = ["apt-get", "-o", "APT::Sandbox::User=root"]
    failure = (
        f"{package} could not be fetched; is it still in the archive? (sudo apt-get update; sudo"
        " apt-get install linux-headers-amd64)"
    )
    try:
        _run([*apt, "download", package], failure, cwd=folder)
    except PartMissing:
        if os.geteuid() != 0:
            raise
        # The package lists may be old, or not there at all.
        _run([*apt, "update", "-qq"], failure)
        _run([*apt, "download", package], failure, cwd=folder)


def _unpack(package: IO[bytes], kernel: Path) -> None:
    with tarfile.open(fileobj=package, mode="r|") as files:
        for file in files:
            path = file.name
            data = files.extractfile(file) if file.isfile() else None
            if data is None:
                continue
            if "/boot/vmlinuz-" in path:
                (kernel / "vmlinux").write_bytes(_vmlinux(data.read()))
            elif path.endswith("/modules.builtin"):
                (kernel / "modules.builtin").write_bytes(data.read())
            elif path.partition("/kernel/")[2].startswith(_MODULE_FOLDERS):
                packed = path.endswith(".xz")
                name = _module_name(path)
                contents = lzma.decompress(data.read()) if packed else data.read()
                (kernel / f"{name}.ko").write_bytes(contents)


def _vmlinux(boot_image: bytes) -> bytes:
    """The kernel inside its boot image, which starts two seconds sooner without unpacking.

    Offsets are those of the x86 boot protocol: setup_sects, payload_offset, payload_length.
    """
    start, length = struct.unpack_from("<II", boot_image, 0x248)
    start += ((boot_image[0x1F1] or 4) + 1) * 512
    return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(boot_image[start : start + length])


def _module_name(path: str) -> str:
    return path.rpartition("/")[2].partition(".ko")[0].replace("-", "_")


def _initrd(folder: Path, kernel: Path, version: str) -> Path:
    sources = sorted([*(HERE / "module").iterdir(), HERE / "guest" / "init", Path(__file__)])
    made_from = hashlib.sha256(version.encode())
    for source in sources:
        made_from.update(source.read_bytes())
    initrd = folder / f"initrd-{made_from.hexdigest()[:16]}"
    if initrd.exists():
        return initrd
    say("building the modules with the GPIO header and the two sensors")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        build = Path(scratch) / "module"
        shutil.copytree(HERE / "module", build)
        _run(
            ["make", "-C", f"/lib/modules/{version}/build", f"M={build}", "modules"],
            "the kernel modules do not build",
        )
        archive = _archive(kernel, build)
        new = Path(scratch) / "initrd"
        new.write_bytes(archive)
        new.rename(initrd)
    return initrd


def _archive(kernel: Path, build: Path) -> bytes:
    """The first root file system: a cpio archive in the "newc" format."""
    files = bytearray()
    for folder in ("bin", "dev", "lib", "lower", "proc", "root", "sys", "upper"):
        files += _entry(folder, stat.S_IFDIR | 0o755)
    files += _entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    files += _entry("bin/busybox", stat.S_IFREG | 0o755, BUSYBOX.read_bytes())
    files += _entry("init", stat.S_IFREG | 0o755, (HERE / "guest" / "init").read_bytes())
    always = _load_order(kernel, MODULES)
    # ext4 asks for crc32c by what it does, and so does not say in which module it is.
    crc32c = sorted(path.stem for path in kernel.glob("crc32c*.ko"))
    with_disk = _load_order(kernel, [*MODULES, *crc32c, *DISK_MODULES])[len(always) :]
    modules = {name: kernel / f"{name}.ko" for name in always + with_disk}
    modules |= {name: build / f"{name}.ko" for name in _OURS}
    for name, module in modules.items():
        files += _entry(f"lib/{name}.ko", stat.S_IFREG | 0o644, module.read_bytes())
    for name, order in {"order": [*always, *_OURS], "order-disk": with_disk}.items():
        lines = "".join(f"{module}\n" for module in order)
        files += _entry(f"lib/{name}", stat.S_IFREG | 0o644, lines.encode())
    return bytes(files + _entry("TRAILER!!!", 0))


def _entry(name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> bytes:
    inode = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def _load_order(kernel: Path, modules: Sequence[str]) -> list[str]:
    """These modules with what they depend on, each after what it needs."""
    builtin = {_module_name(line) for line in (kernel / "modules.builtin").read_text().split()}
    order: list[str] = []

    def add(name: str) -> None:
        if name in order or name in builtin:
            return
        needs = re.search(rb"\0depends=([^\0]*)\0", (kernel / f"{name}.ko").read_bytes())
        for other in needs[1].decode().split(",") if needs and needs[1] else []:
            add(other.replace("-", "_"))
        order.append(name)

    for name in modules:
        add(name)
    return order


def _python(folder: Path) -> tuple[Path, str]:
    """The guest's Python, and why it has no RPi.GPIO if it has none."""
    base = getattr(sys, "_base_executable", sys.executable)
    made_from = "\n".join([sys.version, base, *REQUIREMENTS, *RPI_LGPIO])
    environment = folder / f"python-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}"
    python, complete = environment / "bin" / "python", environment / "complete"
    if not complete.exists():
        say("making the Python environment of the guest (once)")
        shutil.rmtree(environment, ignore_errors=True)
        _run([base, "-m", "venv", environment], "the guest's environment was not made")
        _pip(python, REQUIREMENTS)
        complete.touch()
    has_rpi_lgpio = environment / "has-rpi-lgpio"
    if not has_rpi_lgpio.exists():
        try:
            _pip(python, RPI_LGPIO)
        except PartMissing as error:  # no wheel of lgpio for this Python, say
            return python, str(error)
        has_rpi_lgpio.touch()
    return python, ""


def _pip(python: Path, requirements: Sequence[str]) -> None:
    options = ["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    wanted = " ".join(requirements)
    _run([python, "-m", "pip", *options, *requirements], f"{wanted} could not be installed")
