// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A BMP280 on an I2C bus of its own, /dev/i2c-2, and a person who pulls at its wires.
 *
 *     /sys/devices/platform/storm-petrel-barometer/
 *         memory     256 bytes: id and trimming parameters as the factory burnt them, and at
 *                    0xF7 what the next conversions give; the chip takes the former at power-on
 *         address    where it answers: 0x76 or 0x77
 *         supply     0: taken away, nobody acknowledges; 1: given back
 *         glitch     N: the supply dips before the transfer that is N further on
 *         fail       "COUNT ERRNO": so many transfers from now on fail like this
 *         transfers  how many there have been
 *
 * The chip is that of the data sheet (BST-BMP280-DS001) as far as forced mode goes; normal mode
 * and the filter are not built. The bus does what SMBus byte data and I2C block reads need.
 */
#include <linux/i2c.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>

#define NAME "storm-petrel-barometer"
#define BUS 2

/* Registers (table 18), and what stands in them. */
enum {
	TRIMMING = 0x88, TRIMMING_SIZE = 26,
	ID = 0xD0,
	RESET = 0xE0, RESET_WORD = 0xB6,
	STATUS = 0xF3, MEASURING = 8, COPYING = 1,
	CTRL_MEAS = 0xF4, MODE = 3, NORMAL = 3,
	CONFIG = 0xF5,
	PRESSURE = 0xF7, TEMPERATURE = 0xFA, RESULT_SIZE = 3,
};

/* Table 2 has 2 ms until the first communication; copying may take longer. */
#define SILENT_NS (3 * NSEC_PER_MSEC / 2)
#define COPIED_NS (3 * NSEC_PER_MSEC)

static struct {
	struct mutex lock;
	unsigned int address;
	bool supplied;
	u8 memory[256];
	u8 registers[256];
	u64 silent_until_ns;
	u64 copied_ns, converted_ns;	/* when this will be; 0: it is not going on */
	int glitch;			/* transfers until the supply dips; -1: it does not */
	unsigned int failures;
	int error;
	unsigned int transfers;
} chip = { .lock = __MUTEX_INITIALIZER(chip.lock), .address = 0x77, .glitch = -1 };

/* ---- the chip */

static void not_converted(u8 result)
{
	memset(chip.registers + result, 0, RESULT_SIZE);
	chip.registers[result] = 0x80;
}

static void power_on(void)
{
	u64 now = ktime_get_ns();

	memset(chip.registers, 0, sizeof(chip.registers));
	chip.registers[ID] = chip.memory[ID];
	not_converted(PRESSURE);
	not_converted(TEMPERATURE);
	chip.silent_until_ns = now + SILENT_NS;
	chip.copied_ns = now + COPIED_NS;
	chip.converted_ns = 0;
}

static unsigned int samples(unsigned int oversampling)
{
	return oversampling ? 1 << (min(oversampling, 5u) - 1) : 0;
}

/* The longest time of section 3.8.1; a part that is skipped takes none. */
static u64 conversion_ns(void)
{
	unsigned int t = samples(chip.registers[CTRL_MEAS] >> 5);
	unsigned int p = samples(chip.registers[CTRL_MEAS] >> 2 & 7);

	return (1250 + 2300 * t + (p ? 2300 * p + 575 : 0)) * NSEC_PER_USEC;
}

static void measure(u8 result, bool skipped)
{
	if (skipped)
		not_converted(result);
	else
		memcpy(chip.registers + result, chip.memory + result, RESULT_SIZE);
}

/* Let happen what has been going on since the last transfer. */
static void catch_up(u64 now)
{
	if (chip.copied_ns && now >= chip.copied_ns) {
		memcpy(chip.registers + TRIMMING, chip.memory + TRIMMING, TRIMMING_SIZE);
		chip.copied_ns = 0;
	}
	if (chip.converted_ns && now >= chip.converted_ns) {
		measure(TEMPERATURE, !(chip.registers[CTRL_MEAS] >> 5));
		measure(PRESSURE, !(chip.registers[CTRL_MEAS] >> 2 & 7));
		chip.registers[CTRL_MEAS] &= ~MODE;
		chip.converted_ns = 0;
	}
	chip.registers[STATUS] = (chip.converted_ns ? MEASURING : 0) |
				 (chip.copied_ns ? COPYING : 0);
}

static void write(u8 command, u8 value, u64 now)
{
	if (command == RESET && value == RESET_WORD)
		power_on();
	if (command == CONFIG)
		chip.registers[CONFIG] = value;
	if (command != CTRL_MEAS || chip.converted_ns)
		return;		/* nothing else takes anything, nor this one under way */
	chip.registers[CTRL_MEAS] = value;
	if (value & MODE && (value & MODE) != NORMAL)
		chip.converted_ns = now + conversion_ns();
}

/* ---- the bus */

static int answer(u16 address, char direction, u8 command, int kind, union i2c_smbus_data *data)
{
	u64 now = ktime_get_ns();
	int i;

	chip.transfers++;
	if (chip.glitch >= 0 && chip.glitch-- == 0)
		power_on();
	if (chip.failures) {
		chip.failures--;
		return -chip.error;
	}
	if (!chip.supplied || address != chip.address || now < chip.silent_until_ns)
		return -EREMOTEIO;	/* as a Pi's controller says it */
	catch_up(now);
	if (kind == I2C_SMBUS_BYTE_DATA) {
		if (direction == I2C_SMBUS_READ)
			data->byte = chip.registers[command];
		else
			write(command, data->byte, now);
		return 0;
	}
	if (kind != I2C_SMBUS_I2C_BLOCK_DATA || direction != I2C_SMBUS_READ)
		return -EOPNOTSUPP;
	for (i = 0; i < min_t(int, data->block[0], I2C_SMBUS_BLOCK_MAX); i++)
		data->block[i + 1] = chip.registers[(u8)(command + i)];
	return 0;
}

static s32 smbus_xfer(struct i2c_adapter *adapter, u16 address, unsigned short flags,
		      char direction, u8 command, int kind, union i2c_smbus_data *data)
{
	s32 result;

	mutex_lock(&chip.lock);
	result = answer(address, direction, command, kind, data);
	mutex_unlock(&chip.lock);
	return result;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_SMBUS_BYTE_DATA | I2C_FUNC_SMBUS_READ_I2C_BLOCK;
}

static const struct i2c_algorithm algorithm = {
	.smbus_xfer = smbus_xfer,
	.functionality = functionality,
};

static struct i2c_adapter bus = {
	.owner = THIS_MODULE,
	.name = NAME,
	.algo = &algorithm,
	.nr = BUS,
};

/* ---- the person */

static ssize_t memory_write(struct file *file, struct kobject *object,
			    struct bin_attribute *attribute, char *data, loff_t offset,
			    size_t length)
{
	mutex_lock(&chip.lock);
	memcpy(chip.memory + offset, data, length);
	mutex_unlock(&chip.lock);
	return length;
}
static BIN_ATTR(memory, 0200, NULL, memory_write, sizeof(chip.memory));

static ssize_t address_store(struct device *device, struct device_attribute *attribute,
			     const char *text, size_t length)
{
	unsigned int address;

	if (kstrtouint(text, 0, &address))
		return -EINVAL;
	mutex_lock(&chip.lock);
	chip.address = address;
	mutex_unlock(&chip.lock);
	return length;
}
static DEVICE_ATTR_WO(address);

static ssize_t supply_store(struct device *device, struct device_attribute *attribute,
			    const char *text, size_t length)
{
	bool supplied;

	if (kstrtobool(text, &supplied))
		return -EINVAL;
	mutex_lock(&chip.lock);
	chip.supplied = supplied;
	power_on();
	mutex_unlock(&chip.lock);
	return length;
}
static DEVICE_ATTR_WO(supply);

static ssize_t glitch_store(struct device *device, struct device_attribute *attribute,
			    const char *text, size_t length)
{
	unsigned int transfers;

	if (kstrtouint(text, 10, &transfers))
		return -EINVAL;
	mutex_lock(&chip.lock);
	chip.glitch = transfers;
	mutex_unlock(&chip.lock);
	return length;
}
static DEVICE_ATTR_WO(glitch);

static ssize_t fail_store(struct device *device, struct device_attribute *attribute,
			  const char *text, size_t length)
{
	unsigned int count;
	int error;

	if (sscanf(text, "%u %d", &count, &error) != 2 || error <= 0 || error > MAX_ERRNO)
		return -EINVAL;
	mutex_lock(&chip.lock);
	chip.failures = count;
	chip.error = error;
	mutex_unlock(&chip.lock);
	return length;
}
static DEVICE_ATTR_WO(fail);

static ssize_t transfers_show(struct device *device, struct device_attribute *attribute,
			      char *text)
{
	return sysfs_emit(text, "%u\n", READ_ONCE(chip.transfers));
}
static DEVICE_ATTR_RO(transfers);

static struct attribute *person_attrs[] = {
	&dev_attr_address.attr, &dev_attr_supply.attr, &dev_attr_glitch.attr,
	&dev_attr_fail.attr, &dev_attr_transfers.attr, NULL,
};
static struct bin_attribute *person_bin_attrs[] = { &bin_attr_memory, NULL };
static const struct attribute_group person_group = {
	.attrs = person_attrs,
	.bin_attrs = person_bin_attrs,
};
__ATTRIBUTE_GROUPS(person);

static int probe(struct platform_device *device)
{
	bus.dev.parent = &device->dev;
	return i2c_add_numbered_adapter(&bus);
}

static struct platform_driver driver = {
	.probe = probe,
	.driver = { .name = NAME, .dev_groups = person_groups, .suppress_bind_attrs = true },
};

/* There is no taking it down again: the machine is switched off as a whole. */
static int __init set_up(void)
{
	int error = platform_driver_register(&driver);

	if (!error)
		platform_device_register_simple(NAME, PLATFORM_DEVID_NONE, NULL, 0);
	return error;
}
module_init(set_up);

MODULE_DESCRIPTION("A BMP280 barometer on an I2C bus of its own");
MODULE_AUTHOR("the authors of Storm Petrel");
MODULE_LICENSE("Dual MIT/GPL");
