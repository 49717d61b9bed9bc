// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A TCS3200 from its data sheet (TAOS099): tables 1 and 2, and "Output frequency scaling".
 *
 *     S0 S1   L L power down   L H 2 %    H L 20 %    H H 100 %
 *     S2 S3   L L red          L H blue   H L clear   H H green
 *     OE      L on             H off: OUT is high-Z, as it is when powered down
 *
 * A change of any of them clears the output divider: OUT falls, rises at the next pulse of the
 * undivided frequency, and from there on every period is a whole one of the new frequency.
 *
 *     S2, S3  ____/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾
 *     OUT     ‾‾‾‾\_/‾‾‾‾‾\_____/‾‾‾‾‾\_____
 *                   |<--period->|
 */
#include "bench.h"

#define RECOVERY_NS 100000	/* from power-down */
#define SHORTEST_NS 10000	/* half a period; saturated above, and kind to the machine */

static bool pin_level(struct bench *bench, enum tcs3200_pin pin)
{
	int line = bench->sensor.pin[pin];

	if (line < 0)
		return line == STRAPPED_HIGH;
	return header_level(bench, line);
}

static unsigned int pin_levels(struct bench *bench)
{
	unsigned int levels = 0;
	enum tcs3200_pin pin;

	for (pin = S0; pin <= OE; pin++)
		levels |= pin_level(bench, pin) << pin;
	return levels;
}

static void set_out(struct bench *bench, bool driving, bool level)
{
	struct tcs3200 *sensor = &bench->sensor;

	sensor->driving = driving;
	sensor->level = level;
	if (sensor->pin[OUT] >= 0)
		header_settle(bench, sensor->pin[OUT]);
}

/* Clear the divider and begin a new period, as the levels of the pins say. */
void tcs3200_restart(struct bench *bench, u64 recovery_ns)
{
	static const unsigned int divider[4] = { 0, 50, 5, 1 };	/* by S0 and S1 */
	struct tcs3200 *sensor = &bench->sensor;
	unsigned int levels = sensor->controls;
	unsigned int scaling = (levels >> S0 & 1) << 1 | (levels >> S1 & 1);
	unsigned int filter = (levels >> S2 & 1) << 1 | (levels >> S3 & 1);
	u64 light_mhz = sensor->light_mhz[filter];
	u64 period_ns, pulse_ns;

	hrtimer_try_to_cancel(&sensor->timer);
	set_out(bench, scaling && !(levels >> OE & 1), false);
	if (!sensor->driving || !light_mhz)
		return;
	pulse_ns = div64_u64(1000000000000ULL, light_mhz);
	period_ns = div64_u64(1000000000000ULL * divider[scaling] + light_mhz / 2, light_mhz);
	sensor->high_ns = max_t(u64, period_ns / 2, SHORTEST_NS);
	sensor->low_ns = max_t(u64, period_ns - period_ns / 2, SHORTEST_NS);
	hrtimer_start(&sensor->timer, ns_to_ktime(recovery_ns + max_t(u64, pulse_ns, SHORTEST_NS)),
		      HRTIMER_MODE_REL_HARD);
}

/* Look at the pins; called after anything that may have changed them. */
void tcs3200_follow(struct bench *bench)
{
	const unsigned int scaling = BIT(S0) | BIT(S1);
	struct tcs3200 *sensor = &bench->sensor;
	unsigned int before = sensor->controls;

	sensor->controls = pin_levels(bench);
	if (sensor->controls != before)
		tcs3200_restart(bench, before & scaling ? 0 : RECOVERY_NS);
}

static void record_rise(struct bench *bench)
{
	struct tcs3200 *sensor = &bench->sensor;

	sensor->last_ns = ktime_get_ns();
	if (!sensor->rises++)
		sensor->first_ns = sensor->last_ns;
	if (bench->rises.size < sizeof(bench->rise)) {
		bench->rise[bench->rises.size / sizeof(*bench->rise)] = sensor->last_ns;
		bench->rises.size += sizeof(*bench->rise);
	}
}

/* The hard timer interrupt: toggle OUT, whatever else the machine is doing. */
static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct bench *bench = container_of(timer, struct bench, sensor.timer);
	struct tcs3200 *sensor = &bench->sensor;
	unsigned long flags;
	u64 due;

	raw_spin_lock_irqsave(&bench->lock, flags);
	if (!sensor->level)
		record_rise(bench);
	set_out(bench, true, !sensor->level);
	due = hrtimer_forward_now(timer, ns_to_ktime(sensor->level ? sensor->high_ns
								   : sensor->low_ns));
	if (due > 1)
		sensor->skipped += due - 1;
	raw_spin_unlock_irqrestore(&bench->lock, flags);
	return HRTIMER_RESTART;
}

void tcs3200_init(struct bench *bench)
{
	static const int strapped[TCS3200_PINS] = {
		[OUT] = STRAPPED_LOW, [S0] = STRAPPED_HIGH, [S1] = STRAPPED_LOW,
		[S2] = STRAPPED_LOW, [S3] = STRAPPED_LOW, [OE] = STRAPPED_LOW,
	};

	memcpy(bench->sensor.pin, strapped, sizeof(strapped));
	hrtimer_init(&bench->sensor.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	bench->sensor.timer.function = tick;
}
