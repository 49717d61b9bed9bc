// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The bench seen from outside: how the sensor is wired and lit, what it has done, and what the
 * program under test has done to it.
 *
 *     /sys/devices/platform/storm-petrel-bench/
 *         wiring   "OUT S0 S1 S2 S3 OE", each the number of a line, or L or H where strapped
 *         light    "RED BLUE CLEAR GREEN" in mHz at 100 % scaling
 *         levels   one letter a line: 0 and 1 driven, u and d pulled, z floating
 *         source   "RISES FIRST_NS LAST_NS SKIPPED": the sensor's own count, by the clock that
 *                  stamps edges; skipped: half periods that its timer could not serve in time
 *         forget   write anything: begin the count and the records anew
 *     /sys/kernel/debug/storm-petrel-bench/
 *         rises    a u64 for each rising edge of OUT: when the sensor made it, in ns
 *         driven   u64 ns, u32 line, u32 level for each change of what the program drives;
 *                  level 2: the line was let go
 *
 * The records are for when the sensor has stopped, or is dark. Unbinding the device is pulling
 * the chip out; when somebody waits for an edge at that moment, gpiolib gives its interrupts up
 * under him, and the kernel complains of it on the console, harmlessly.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "bench.h"

#define NAME "storm-petrel-bench"

static struct bench bench;	/* there is one */

static int pin_from_word(const char *word)
{
	int line;

	if (!strcmp(word, "L"))
		return STRAPPED_LOW;
	if (!strcmp(word, "H"))
		return STRAPPED_HIGH;
	return kstrtoint(word, 10, &line) || line < 0 || line >= BENCH_LINES ? -EINVAL : line;
}

static ssize_t wiring_store(struct device *device, struct device_attribute *attribute,
			    const char *text, size_t length)
{
	char word[TCS3200_PINS][8];
	int pin[TCS3200_PINS], out_before, i;
	unsigned long flags;

	if (sscanf(text, "%7s %7s %7s %7s %7s %7s", word[OUT], word[S0], word[S1], word[S2],
		   word[S3], word[OE]) != TCS3200_PINS)
		return -EINVAL;
	for (i = 0; i < TCS3200_PINS; i++) {
		pin[i] = pin_from_word(word[i]);
		if (pin[i] == -EINVAL)
			return -EINVAL;
	}
	raw_spin_lock_irqsave(&bench.lock, flags);
	out_before = bench.sensor.pin[OUT];
	memcpy(bench.sensor.pin, pin, sizeof(pin));
	if (out_before >= 0)
		header_settle(&bench, out_before);
	tcs3200_follow(&bench);
	tcs3200_restart(&bench, 0);
	raw_spin_unlock_irqrestore(&bench.lock, flags);
	return length;
}
static DEVICE_ATTR_WO(wiring);

static ssize_t light_store(struct device *device, struct device_attribute *attribute,
			   const char *text, size_t length)
{
	unsigned long flags;
	u64 mhz[4];

	if (sscanf(text, "%llu %llu %llu %llu", &mhz[0], &mhz[1], &mhz[2], &mhz[3]) != 4)
		return -EINVAL;
	raw_spin_lock_irqsave(&bench.lock, flags);
	memcpy(bench.sensor.light_mhz, mhz, sizeof(mhz));
	tcs3200_restart(&bench, 0);
	raw_spin_unlock_irqrestore(&bench.lock, flags);
	return length;
}
static DEVICE_ATTR_WO(light);

static ssize_t levels_show(struct device *device, struct device_attribute *attribute, char *text)
{
	unsigned long flags;
	unsigned int line;

	raw_spin_lock_irqsave(&bench.lock, flags);
	for (line = 0; line < BENCH_LINES; line++)
		text[line] = header_letter(&bench, line);
	raw_spin_unlock_irqrestore(&bench.lock, flags);
	text[line++] = '\n';
	return line;
}
static DEVICE_ATTR_RO(levels);

static ssize_t source_show(struct device *device, struct device_attribute *attribute, char *text)
{
	struct tcs3200 now;
	unsigned long flags;

	raw_spin_lock_irqsave(&bench.lock, flags);
	now = bench.sensor;
	raw_spin_unlock_irqrestore(&bench.lock, flags);
	return sysfs_emit(text, "%llu %llu %llu %llu\n", now.rises, now.first_ns, now.last_ns,
			  now.skipped);
}
static DEVICE_ATTR_RO(source);

static ssize_t forget_store(struct device *device, struct device_attribute *attribute,
			    const char *text, size_t length)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&bench.lock, flags);
	bench.sensor.rises = bench.sensor.skipped = 0;
	bench.sensor.first_ns = bench.sensor.last_ns = 0;
	bench.rises.size = bench.driven.size = 0;
	raw_spin_unlock_irqrestore(&bench.lock, flags);
	return length;
}
static DEVICE_ATTR_WO(forget);

static struct attribute *outside_attrs[] = {
	&dev_attr_wiring.attr, &dev_attr_light.attr, &dev_attr_levels.attr,
	&dev_attr_source.attr, &dev_attr_forget.attr, NULL,
};
ATTRIBUTE_GROUPS(outside);

/* Before the chip goes: no edge may come from it any more. */
static void cut_power(void *unused)
{
	hrtimer_cancel(&bench.sensor.timer);
}

static int probe(struct platform_device *device)
{
	int error;

	tcs3200_init(&bench);
	error = header_add(&bench, &device->dev);
	return error ?: devm_add_action_or_reset(&device->dev, cut_power, NULL);
}

static struct platform_driver driver = {
	.probe = probe,
	.driver = { .name = NAME, .dev_groups = outside_groups },
};

/* There is no taking it down again: the machine is switched off as a whole. */
static int __init set_up(void)
{
	struct dentry *records = debugfs_create_dir(NAME, NULL);
	int error;

	raw_spin_lock_init(&bench.lock);
	bench.rises.data = bench.rise;
	bench.driven.data = bench.drive;
	debugfs_create_blob("rises", 0400, records, &bench.rises);
	debugfs_create_blob("driven", 0400, records, &bench.driven);
	error = platform_driver_register(&driver);
	if (error)
		debugfs_remove(records);
	else
		platform_device_register_simple(NAME, PLATFORM_DEVID_NONE, NULL, 0);
	return error;
}
module_init(set_up);

MODULE_DESCRIPTION("A Raspberry Pi's GPIO header with a TCS3200 colour sensor on it");
MODULE_AUTHOR("the authors of Storm Petrel");
MODULE_LICENSE("Dual MIT/GPL");
