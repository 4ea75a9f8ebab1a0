package io.hawser.cluster.vip;

import io.hawser.net.IpAddress;
import io.hawser.node.vip.EstablishedConnections;
import io.hawser.node.vip.HandOverSettings;
import io.hawser.node.vip.KernelVipDriver;
import io.hawser.node.vip.Vip;
import io.hawser.vip.Flow;
import io.hawser.vip.FlowReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A node as far as VIPs and the connections over them go, without the election: it takes and leaves VIPs when it is told.
 * What it serves is its own name, for each line that a client sends. Nodes tell each other of connections by datagrams.
 */
public final class VipOwner {

    private static final int PORT = 443;
    private static final int NEWS = 7946;

    private final String name;
    private final List<Vip> vips = new ArrayList<>();
    private final List<InetAddress> others = new ArrayList<>();
    private final ExecutorService driverThread = Executors.newSingleThreadExecutor();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<String> heard = new ConcurrentSkipListSet<>();
    private final DatagramSocket news = new DatagramSocket(NEWS);
    private final KernelVipDriver driver;
    private final EstablishedConnections connections;

    /** The arguments: its name, the addresses of the others with commas between, and the VIPs. */
    public static void main(String[] arguments) throws IOException {
        VipOwner owner = new VipOwner(arguments);
        owner.threads.execute(owner::hear);
        owner.threads.execute(owner::serve);
        Subject.obeyAll(owner::obey);
        owner.connections.close();
        owner.driver.close();
        System.out.println("over");
        System.exit(0);
    }

    private VipOwner(String[] arguments) throws IOException {
        name = arguments[0];
        for (String other : arguments[1].split(",", -1)) {
            others.add(InetAddress.getByName(other));
        }
        for (String vip : Arrays.asList(arguments).subList(2, arguments.length)) {
            IpAddress address = address(vip);
            vips.add(new Vip(vip, address, address.isV4() ? 32 : 128, "eth0"));
        }
        driver = new KernelVipDriver(vips);
        connections = new EstablishedConnections(
                name, vips, new HandOverSettings(true, Duration.ofMinutes(5), true), this::tell, System::nanoTime);
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.tryParse(text));
    }

    private Object obey(String[] words) {
        return switch (words[0]) {
            case "expect" -> {
                vips.forEach(vip -> connections.expect(vip, words[1], null).join());
                yield "done";
            }
            case "acquire" -> {
                onDriver(() -> vips.forEach(vip -> {
                    long soon = System.nanoTime() + 60_000_000_000L;
                    driver.hold(vip, 100_000, soon);
                    driver.announce(vip, soon);
                    connections.acquired(
                            vip, words[1].equals("-") ? null : words[1], words[2].equals("released"), null);
                }));
                yield "done";
            }
            case "retire" -> {
                onDriver(() -> vips.forEach(vip -> {
                    if (!driver.prepareRetire(vip).toCompletableFuture().join()) {
                        throw new IllegalStateException("connections can't be handed over");
                    }
                    driver.retire(vip, 100_000);
                    connections.retired(vip, () -> driverThread.execute(() -> driver.finish(vip)));
                }));
                yield "done";
            }
            case "peers" -> {
                connections.peers(Set.of(words[1].split(",", -1)));
                yield "done";
            }
            case "heard" -> heard;
            case "figures" -> connections.figures();
            default -> "not understood";
        };
    }

    private void onDriver(Runnable task) {
        try {
            driverThread.submit(task).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve() {
        try (ServerSocket server = new ServerSocket(PORT, 1000)) {
            while (true) {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(Socket client) {
        try (client;
                BufferedReader input =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            while (input.readLine() != null) {
                client.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            System.out.println("a client is gone: " + e.getMessage());
        }
    }

    private void tell(FlowReport report) {
        String text = String.join(
                " ",
                report.node(),
                report.vip().toString(),
                report.holder().toString(),
                Integer.toString(report.part()),
                text(report.there()),
                text(report.begun()),
                text(report.ended()));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (InetAddress other : others) {
            try {
                news.send(new DatagramPacket(bytes, bytes.length, other, NEWS));
            } catch (IOException e) {
                System.out.println("not told: " + e.getMessage());
            }
        }
    }

    private static String text(List<Flow> flows) {
        return flows.stream()
                .map(flow -> flow.client() + "," + flow.clientPort() + "," + flow.port())
                .collect(Collectors.joining(";", "[", "]"));
    }

    private void hear() {
        byte[] bytes = new byte[65_536];
        while (true) {
            DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
            try {
                news.receive(packet);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            String[] words = new String(bytes, 0, packet.getLength(), StandardCharsets.UTF_8).split(" ", -1);
            IpAddress vip = address(words[1]);
            connections.heard(new FlowReport(
                    words[0],
                    vip,
                    address(words[2]),
                    Integer.parseInt(words[3]),
                    flows(words[4], vip),
                    flows(words[5], vip),
                    flows(words[6], vip)));
            heard.add(words[0] + "/" + vip);
        }
    }

    private static List<Flow> flows(String text, IpAddress vip) {
        List<Flow> flows = new ArrayList<>();
        for (String flow : text.substring(1, text.length() - 1).split(";", -1)) {
            if (!flow.isEmpty()) {
                String[] words = flow.split(",", -1);
                flows.add(new Flow(address(words[0]), Integer.parseInt(words[1]), vip, Integer.parseInt(words[2])));
            }
        }
        return flows;
    }
}
