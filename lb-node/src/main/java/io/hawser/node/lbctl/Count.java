package io.hawser.node.lbctl;

/** A number of things in words. */
final class Count {

    private Count() {}

    /** {@code 1 backend}, {@code 2 backends}. */
    static String of(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
