package io.hawser.cluster.vip;

import io.hawser.net.IpAddress;
import io.hawser.node.vip.KernelVipDriver;
import io.hawser.node.vip.Vip;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A process that does with VIPs what it is told, line by line; tests start it on hosts of a lab. Each line is answered by
 * one that begins with what was asked.
 */
public final class VipHolder {

    private VipHolder() {}

    /** The arguments are the VIPs. */
    public static void main(String[] addresses) throws IOException {
        List<Vip> vips = new ArrayList<>();
        for (String address : addresses) {
            IpAddress parsed = Objects.requireNonNull(IpAddress.tryParse(address));
            vips.add(new Vip(address, parsed, parsed.isV4() ? 32 : 128, "eth0"));
        }
        try (KernelVipDriver driver = new KernelVipDriver(vips);
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready");
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(line + ": " + obey(line.split(" ", -1), driver, vips));
            }
        }
        System.out.println("closed");
    }

    private static Object obey(String[] words, KernelVipDriver driver, List<Vip> vips) {
        Vip vip = vips.get(0);
        return switch (words[0]) {
            case "hold" -> {
                boolean held = true;
                for (Vip each : vips) {
                    held &= driver.hold(each, Integer.parseInt(words[1]), soon());
                }
                yield held;
            }
            case "late" -> driver.hold(vip, 2, System.nanoTime());
            case "keep" -> keep(driver, vips, Integer.parseInt(words[1]));
            case "drop" -> {
                vips.forEach(driver::drop);
                yield "done";
            }
            case "announce" -> {
                vips.forEach(each -> driver.announce(each, soon()));
                yield "done";
            }
            case "probe" -> driver.answersOnlyForItself(vip, Objects.requireNonNull(IpAddress.tryParse(words[1])));
            default -> "not understood";
        };
    }

    /** So late that no load on the machine that tests makes it miss. */
    private static long soon() {
        return System.nanoTime() + 60_000_000_000L;
    }

    /** Renews four times a second, for two seconds each time, so often. */
    private static String keep(KernelVipDriver driver, List<Vip> vips, int times) {
        System.out.println("keeping");
        for (int i = 0; i < times; i++) {
            for (Vip vip : vips) {
                driver.hold(vip, 2, soon());
            }
            try {
                Thread.sleep(250);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return "done";
    }
}
