package io.hawser.node.lbctl;

import java.util.Locale;

/** Amounts as people read them. */
final class Humane {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Humane() {}

    /** Bytes with two or three digits: {@code 0 B}, {@code 1.5 KiB}, {@code 312 MiB}. */
    static String bytes(double bytes) {
        double amount = bytes;
        int unit = 0;
        // What would be rounded to 1024 is one of the next unit.
        while (amount >= 1023.5 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return (unit > 0 && amount < 9.95 ? decimal(amount) : Long.toString(Math.round(amount))) + " " + UNITS[unit];
    }

    static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    /** Bytes a second. */
    static String bytesPerSecond(double bytes) {
        return bytes(bytes) + "/s";
    }

    /** Events a second: {@code 0/s}, {@code 0.4/s}, {@code 1234/s}. */
    static String perSecond(double events) {
        if (events > 0 && events < 0.05) {
            return "<0.1/s";
        }
        return (events == 0 || events >= 9.95 ? Long.toString(Math.round(events)) : decimal(events)) + "/s";
    }

    /** A time span in the two units that matter: {@code 0.4s}, {@code 42s}, {@code 3m12s}, {@code 5h03m}, {@code 12d}. */
    static String span(double seconds) {
        if (seconds < 9.95) {
            return seconds == Math.rint(seconds) ? Math.round(seconds) + "s" : decimal(seconds) + "s";
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + "s";
        }
        if (whole < 3600) {
            return whole / 60 + "m" + (whole % 60 == 0 ? "" : two(whole % 60) + "s");
        }
        if (whole < 86_400) {
            return whole / 3600 + "h" + (whole / 60 % 60 == 0 ? "" : two(whole / 60 % 60) + "m");
        }
        return whole / 86_400 + "d" + (whole / 3600 % 24 == 0 ? "" : whole / 3600 % 24 + "h");
    }

    private static String two(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }

    static String span(long seconds) {
        return span((double) seconds);
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }
}
