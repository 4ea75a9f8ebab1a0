package io.hawser.node.vip;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Changes the kernel's packet filter by {@code nft}, each script as a whole or not at all. Needs CAP_NET_ADMIN. */
final class Nftables {

    /** Of a message; nft repeats the line that is wrong, and that may be long. */
    private static final int MOST_SAID = 500;

    private Nftables() {}

    /**
     * Runs a script to its end, which takes some milliseconds, and a second for tens of thousands of elements.
     *
     * @param patience after which it is given up
     * @throws VipException when it was refused; then nothing of it was done
     */
    static void run(String script, Duration patience) {
        try {
            Process nft = SystemProgram.of(List.of("nft", "-f", "-"))
                    .redirectErrorStream(true)
                    .start();
            CompletableFuture.delayedExecutor(patience.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(nft::destroyForcibly);
            boolean taken = feed(nft, script);
            String said;
            try (InputStream output = nft.getInputStream()) {
                said = new String(output.readNBytes(MOST_SAID), StandardCharsets.UTF_8).strip();
                output.transferTo(OutputStream.nullOutputStream());
            }
            if (nft.waitFor() != 0 || !taken) {
                throw new VipException("the kernel's packet filter refuses the rules by which established connections"
                        + " are handed over; they need CAP_NET_ADMIN and a kernel with nf_tables for the families arp"
                        + " and netdev: " + (said.isEmpty() ? "nft did not end within " + patience : said));
            }
        } catch (IOException e) {
            throw new VipException(
                    "cannot run nft, by which established connections are handed over; it is in the package nftables: "
                            + e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VipException("interrupted while nft changed the rules", e);
        }
    }

    /** Whether it has read it all; if not, what it says tells why. */
    private static boolean feed(Process nft, String script) {
        try (OutputStream input = nft.getOutputStream()) {
            input.write(script.getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
