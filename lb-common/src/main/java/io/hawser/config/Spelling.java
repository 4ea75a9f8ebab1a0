package io.hawser.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Guesses what was meant by a misspelt word. */
final class Spelling {

    /** Longer words are not compared: the cost grows with the product of both lengths, and no key is longer. */
    private static final int MAX_LENGTH = 64;

    private Spelling() {}

    /** The candidate that the word most likely stands for, or null when none is near. */
    static @Nullable String nearest(String word, Collection<String> candidates) {
        if (word.length() > MAX_LENGTH) {
            return null;
        }
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(plain(word), plain(candidate));
            int tolerated = Math.max(1, candidate.length() / 3);
            if (distance <= tolerated && distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Case, hyphens and underscores are habits of other programs' files, not mistakes in the word. */
    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Insertions, deletions, replacements and swaps of neighbours between two words. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
