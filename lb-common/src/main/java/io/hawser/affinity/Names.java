package io.hawser.affinity;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for the names of backends, as long as entries refer to them: with the last entry the number is free for
 * another name, so that years of reloads leave nothing behind. Not safe for several threads.
 */
final class Names {

    private final Map<String, Integer> numbers = new HashMap<>();
    private @Nullable String[] names = new @Nullable String[4];
    private int[] uses = new int[4];
    /** No number below is free. */
    private int firstFree;

    /** The name's number, now with one use more. */
    int acquire(String name) {
        Integer known = numbers.get(name);
        if (known != null) {
            uses[known]++;
            return known;
        }
        int number = firstFree;
        while (number < uses.length && uses[number] > 0) {
            number++;
        }
        firstFree = number + 1;
        if (number == uses.length) {
            names = Arrays.copyOf(names, number * 2);
            uses = Arrays.copyOf(uses, number * 2);
        }
        names[number] = name;
        uses[number] = 1;
        numbers.put(name, number);
        return number;
    }

    /** One use less. */
    void release(int number) {
        uses[number]--;
        if (uses[number] == 0) {
            numbers.remove(name(number));
            names[number] = null;
            firstFree = Math.min(firstFree, number);
        }
    }

    /** The name of a number in use. */
    String name(int number) {
        String name = names[number];
        if (name == null) {
            throw new IllegalStateException("the number " + number + " is no backend's");
        }
        return name;
    }

    /** The number of a name in use, or -1. */
    int find(String name) {
        return numbers.getOrDefault(name, -1);
    }

    int size() {
        return numbers.size();
    }
}
