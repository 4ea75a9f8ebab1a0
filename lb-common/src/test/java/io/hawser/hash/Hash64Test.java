package io.hawser.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Hash64Test {

    /** What xxhsum prints (0.8.1), and for the seed what the xxhash package of Python has in its documentation. */
    @ParameterizedTest
    @CsvSource({
        "'', 0, ef46db3751d8e999",
        "a, 0, d24ec4f1a98c6e5b",
        "abc, 0, 44bc2cf5ad770999",
        "xxhash, 0, 32dd38952c4bc720",
        "xxhash, 20141025, b559b98d844e0635",
        "0123456789abcdef0123456789abcdef, 0, 642a94958e71e6c5",
        "0123456789abcdef0123456789abcdef01234567, 0, 02595bf45a790442",
        "Nobody inspects the spammish repetition, 0, fbcea83c8a378bf1",
        "'bücher.example/shop backend 17 with a longer name than 64 bytes, twice around', 0, 30ab2787cd7a2411",
    })
    void hashesTextWithXxh64(String text, long seed, String hash) {
        assertThat(Hash64.of(text, seed)).isEqualTo(Long.parseUnsignedLong(hash, 16));
        assertThat(Hash64.of(text.getBytes(StandardCharsets.UTF_8), seed)).isEqualTo(Hash64.of(text, seed));
    }

    /** Nodes of different versions must agree, so these never change. Worked out apart from this code. */
    @Test
    void mixesWordsAlikeForEver() {
        assertThat(Hash64.mix(0)).isEqualTo(0xc83e_221c_6c03_c5f6L);
        assertThat(Hash64.mix(-1)).isEqualTo(0x125b_8880_8538_f9e8L);
        assertThat(Hash64.mix(1, 2)).isEqualTo(0xb91c_9c40_dd40_5734L);
    }

    @Test
    void neverMixesTwoWordsIntoOne() {
        Set<Long> mixed = new HashSet<>();
        for (long word = -50_000; word < 50_000; word++) {
            mixed.add(Hash64.mix(word));
        }
        assertThat(mixed).hasSize(100_000);
    }

    /** A bit more or less in a word changes about half of all bits, never only a few: no place of a table is favoured. */
    @Test
    void spreadsEveryBit() {
        Seeds.rounds(200, random -> {
            long word = random.nextLong();
            for (int bit = 0; bit < 64; bit++) {
                long changed = Hash64.mix(word) ^ Hash64.mix(word ^ 1L << bit);
                assertThat(Long.bitCount(changed)).isBetween(8, 56);
                long second = Hash64.mix(7, word) ^ Hash64.mix(7, word ^ 1L << bit);
                assertThat(Long.bitCount(second)).isBetween(8, 56);
            }
        });
    }

    @Test
    void heedsTheOrderOfTwoWords() {
        Seeds.rounds(100, random -> {
            long first = random.nextLong();
            long second = random.nextLong();
            assertThat(Hash64.mix(first, second)).isNotEqualTo(Hash64.mix(second, first));
        });
    }
}
