// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The GPIO header of a Raspberry Pi 4, as far as gpiolib can tell: 54 lines by name, pulls, edges
 * by interrupt. Stock gpiolib does all the rest: its hard handler stamps an edge, its thread
 * queues it. A line that is released stays as it is, as Raspberry Pi OS has it: a program that
 * leaves outputs behind is seen to.
 */
#include <linux/device.h>
#include <linux/pinctrl/pinconf-generic.h>

#include "bench.h"

#define LET_GO 2

/* ---- the wires */

static bool driven_by_sensor(struct bench *bench, unsigned int line)
{
	return bench->sensor.driving && bench->sensor.pin[OUT] == line;
}

bool header_level(struct bench *bench, unsigned int line)
{
	if (test_bit(line, bench->output))
		return test_bit(line, bench->value);
	if (driven_by_sensor(bench, line))
		return bench->sensor.level;
	return test_bit(line, bench->pull_up);
}

/* Let a line take its level; an edge that somebody waits for is an interrupt, here and now. */
void header_settle(struct bench *bench, unsigned int line)
{
	bool level = header_level(bench, line);

	if (level == test_bit(line, bench->level))
		return;
	__assign_bit(line, bench->level, level);
	if (test_bit(line, bench->unmasked) &&
	    test_bit(line, level ? bench->on_rising : bench->on_falling))
		generic_handle_domain_irq(bench->chip.irq.domain, line);
}

/* What a meter on the line would show: driven, pulled up or down, or floating. */
char header_letter(struct bench *bench, unsigned int line)
{
	if (test_bit(line, bench->output) || driven_by_sensor(bench, line))
		return header_level(bench, line) ? '1' : '0';
	if (test_bit(line, bench->pull_up))
		return 'u';
	return test_bit(line, bench->pull_down) ? 'd' : 'z';
}

static void note_driven(struct bench *bench, unsigned int line, u32 level)
{
	struct driven now = { ktime_get_ns(), line, level };

	if (bench->driven.size < sizeof(bench->drive)) {
		bench->drive[bench->driven.size / sizeof(now)] = now;
		bench->driven.size += sizeof(now);
	}
}

static void drive(struct bench *bench, unsigned int line, bool level)
{
	if (!test_bit(line, bench->output) || level != test_bit(line, bench->value))
		note_driven(bench, line, level);
	__assign_bit(line, bench->value, level);
	__set_bit(line, bench->output);
	header_settle(bench, line);
}

static void let_go(struct bench *bench, unsigned int line)
{
	if (test_and_clear_bit(line, bench->output))
		note_driven(bench, line, LET_GO);
	header_settle(bench, line);
}

/* ---- what gpiolib asks */

static int get_direction(struct gpio_chip *chip, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(chip);

	return test_bit(line, bench->output) ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}

static int get(struct gpio_chip *chip, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(chip);
	unsigned long flags;
	bool level;

	raw_spin_lock_irqsave(&bench->lock, flags);
	level = header_level(bench, line);
	raw_spin_unlock_irqrestore(&bench->lock, flags);
	return level;
}

static int direction_input(struct gpio_chip *chip, unsigned int line)
{
	struct bench *bench = gpiochip_get_data(chip);
	unsigned long flags;

	raw_spin_lock_irqsave(&bench->lock, flags);
	let_go(bench, line);
	tcs3200_follow(bench);
	raw_spin_unlock_irqrestore(&bench->lock, flags);
	return 0;
}

/* Lines of one call change as one: the sensor looks when all have. */
static void drive_lines(struct gpio_chip *chip, unsigned long *lines, unsigned long *levels)
{
	struct bench *bench = gpiochip_get_data(chip);
	unsigned long flags;
	unsigned int line;

	raw_spin_lock_irqsave(&bench->lock, flags);
	for_each_set_bit(line, lines, BENCH_LINES)
		drive(bench, line, test_bit(line, levels));
	tcs3200_follow(bench);
	raw_spin_unlock_irqrestore(&bench->lock, flags);
}

static void drive_line(struct gpio_chip *chip, unsigned int line, int level)
{
	DECLARE_BITMAP(lines, BENCH_LINES) = {};
	DECLARE_BITMAP(levels, BENCH_LINES) = {};

	__set_bit(line, lines);
	__assign_bit(line, levels, level);
	drive_lines(chip, lines, levels);
}

static int direction_output(struct gpio_chip *chip, unsigned int line, int level)
{
	drive_line(chip, line, level);
	return 0;
}

static int set_config(struct gpio_chip *chip, unsigned int line, unsigned long config)
{
	struct bench *bench = gpiochip_get_data(chip);
	enum pin_config_param pull = pinconf_to_config_param(config);
	unsigned long flags;

	if (pull != PIN_CONFIG_BIAS_DISABLE && pull != PIN_CONFIG_BIAS_PULL_UP &&
	    pull != PIN_CONFIG_BIAS_PULL_DOWN)
		return -ENOTSUPP;
	raw_spin_lock_irqsave(&bench->lock, flags);
	__assign_bit(line, bench->pull_up, pull == PIN_CONFIG_BIAS_PULL_UP);
	__assign_bit(line, bench->pull_down, pull == PIN_CONFIG_BIAS_PULL_DOWN);
	header_settle(bench, line);
	tcs3200_follow(bench);
	raw_spin_unlock_irqrestore(&bench->lock, flags);
	return 0;
}

/* ---- interrupts: atomic bits, because these may be called while the lock is held */

static struct bench *bench_of(struct irq_data *irq)
{
	return gpiochip_get_data(irq_data_get_irq_chip_data(irq));
}

static void irq_mask(struct irq_data *irq)
{
	struct bench *bench = bench_of(irq);

	clear_bit(irqd_to_hwirq(irq), bench->unmasked);
	gpiochip_disable_irq(&bench->chip, irqd_to_hwirq(irq));
}

static void irq_unmask(struct irq_data *irq)
{
	struct bench *bench = bench_of(irq);

	gpiochip_enable_irq(&bench->chip, irqd_to_hwirq(irq));
	set_bit(irqd_to_hwirq(irq), bench->unmasked);
}

static void irq_ack(struct irq_data *irq)
{
	/* An edge leaves nothing behind in this hardware. */
}

static int irq_set_type(struct irq_data *irq, unsigned int type)
{
	struct bench *bench = bench_of(irq);

	if (type & IRQ_TYPE_LEVEL_MASK)
		return -EINVAL;
	assign_bit(irqd_to_hwirq(irq), bench->on_rising, type & IRQ_TYPE_EDGE_RISING);
	assign_bit(irqd_to_hwirq(irq), bench->on_falling, type & IRQ_TYPE_EDGE_FALLING);
	return 0;
}

static const struct irq_chip irqs = {
	.name = "storm-petrel-bench",
	.irq_ack = irq_ack,
	.irq_mask = irq_mask,
	.irq_unmask = irq_unmask,
	.irq_set_type = irq_set_type,
	.flags = IRQCHIP_IMMUTABLE,
	GPIOCHIP_IRQ_RESOURCE_HELPERS,
};

int header_add(struct bench *bench, struct device *device)
{
	static char name[BENCH_LINES][8];
	static const char *names[BENCH_LINES];
	struct gpio_chip *chip = &bench->chip;
	int line;

	for (line = 0; line < BENCH_LINES; line++) {
		snprintf(name[line], sizeof(name[line]), "GPIO%d", line);
		names[line] = name[line];
	}
	bitmap_zero(bench->output, BENCH_LINES);
	bitmap_zero(bench->pull_up, BENCH_LINES);
	bitmap_zero(bench->pull_down, BENCH_LINES);
	bitmap_zero(bench->unmasked, BENCH_LINES);
	*chip = (struct gpio_chip){
		.label = "pinctrl-bcm2711",
		.owner = THIS_MODULE,
		.parent = device,
		.base = -1,
		.ngpio = BENCH_LINES,
		.names = names,
		.get_direction = get_direction,
		.get = get,
		.set = drive_line,
		.set_multiple = drive_lines,
		.direction_input = direction_input,
		.direction_output = direction_output,
		.set_config = set_config,
	};
	gpio_irq_chip_set_chip(&chip->irq, &irqs);
	chip->irq.default_type = IRQ_TYPE_NONE;
	chip->irq.handler = handle_edge_irq;
	return devm_gpiochip_add_data(device, chip, bench);
}
