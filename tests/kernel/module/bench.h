/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * A bench for the virtual machine: the GPIO header of a Raspberry Pi (header.c) with a TCS3200
 * wired to it (tcs3200.c), and a person who sees it all from outside (bench.c).
 *
 *     program <--> gpiolib <--> header.c <--> tcs3200.c
 *                                   `--> bench.c <--'
 *
 * One lock guards both, taken with interrupts off. The machine has one processor: whoever holds
 * the lock knows that the sensor's timer is not running at that moment.
 */
#ifndef BENCH_H
#define BENCH_H

#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/gpio/driver.h>
#include <linux/hrtimer.h>
#include <linux/spinlock.h>

#define BENCH_LINES 54
#define BENCH_RECORD 65536

/* The sensor's pins. A pin is on a line of the header, or strapped to ground or supply. */
enum tcs3200_pin { OUT, S0, S1, S2, S3, OE, TCS3200_PINS };
#define STRAPPED_LOW -1
#define STRAPPED_HIGH -2

struct tcs3200 {
	int pin[TCS3200_PINS];
	u64 light_mhz[4];	/* by S2 and S3: red, blue, clear, green; at 100 % scaling */
	struct hrtimer timer;
	unsigned int controls;	/* S0 S1 S2 S3 OE, the levels that it works by */
	bool driving;		/* OUT is driven, not high-Z */
	bool level;
	u64 low_ns, high_ns;
	u64 rises, skipped, first_ns, last_ns;
};

/* A change of what the program puts on a line; level 2: it let go of the line. */
struct driven {
	u64 ns;
	u32 line;
	u32 level;
};

struct bench {
	raw_spinlock_t lock;
	struct gpio_chip chip;
	DECLARE_BITMAP(output, BENCH_LINES);
	DECLARE_BITMAP(value, BENCH_LINES);	/* what the program drives, where output */
	DECLARE_BITMAP(pull_up, BENCH_LINES);
	DECLARE_BITMAP(pull_down, BENCH_LINES);
	DECLARE_BITMAP(level, BENCH_LINES);	/* as last seen on the wire */
	DECLARE_BITMAP(unmasked, BENCH_LINES);
	DECLARE_BITMAP(on_rising, BENCH_LINES);
	DECLARE_BITMAP(on_falling, BENCH_LINES);
	struct tcs3200 sensor;
	struct debugfs_blob_wrapper rises, driven;	/* the records, and how full they are */
	u64 rise[BENCH_RECORD];
	struct driven drive[BENCH_RECORD];
};

int header_add(struct bench *bench, struct device *device);
void tcs3200_init(struct bench *bench);

/* These are called with the lock held. */
bool header_level(struct bench *bench, unsigned int line);
char header_letter(struct bench *bench, unsigned int line);
void header_settle(struct bench *bench, unsigned int line);
void tcs3200_follow(struct bench *bench);
void tcs3200_restart(struct bench *bench, u64 recovery_ns);

#endif
