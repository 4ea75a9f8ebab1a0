package io.hawser.cluster.vip;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients of {@link VipOwner}: some that stay, some that come and go all the time. */
public final class VipClients {

    private static final int PORT = 443;
    private static final int PATIENCE_MILLIS = 30_000;

    private final List<Client> staying = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean coming = new AtomicBoolean();
    private final Map<String, Integer> served = new ConcurrentSkipListMap<>();
    private final AtomicInteger reset = new AtomicInteger();

    private VipClients() {}

    public static void main(String[] arguments) throws IOException {
        Subject.obeyAll(new VipClients()::obey);
        System.exit(0);
    }

    private record Client(Socket socket, BufferedReader input) {

        static Client to(String vip) throws IOException {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(vip, PORT), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            return new Client(
                    socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        }

        /** Who serves it. */
        String ask() throws IOException {
            socket.getOutputStream().write("who?\n".getBytes(StandardCharsets.UTF_8));
            String answer = input.readLine();
            if (answer == null) {
                throw new IOException("closed");
            }
            return answer;
        }
    }

    private Object obey(String[] words) throws IOException {
        return switch (words[0]) {
            case "open" -> {
                Map<String, Integer> by = new TreeMap<>();
                for (int i = 0; i < Integer.parseInt(words[2]); i++) {
                    Client client = Client.to(words[1]);
                    staying.add(client);
                    by.merge(client.ask(), 1, Integer::sum);
                }
                yield by;
            }
            case "ask" -> {
                Map<String, Integer> by = new TreeMap<>();
                for (Client client : staying) {
                    by.merge(outcome(client), 1, Integer::sum);
                }
                yield by;
            }
            case "close" -> {
                for (Client client : staying) {
                    client.socket().close();
                }
                staying.clear();
                yield "done";
            }
            case "come" -> {
                served.clear();
                coming.set(true);
                threads.execute(() -> come(words[1]));
                yield "done";
            }
            case "came" -> served;
            case "stop" -> {
                coming.set(false);
                yield "done";
            }
            case "wait" -> {
                for (Client client : staying) {
                    threads.execute(() -> await(client));
                }
                yield "done";
            }
            case "reset" -> reset.get();
            default -> "not understood";
        };
    }

    private static String outcome(Client client) {
        try {
            return client.ask();
        } catch (IOException e) {
            return "broken (" + e.getMessage() + ")";
        }
    }

    /** A new connection every five milliseconds; each asks twice, a while apart. */
    private void come(String vip) {
        while (coming.get()) {
            threads.execute(() -> {
                String outcome;
                try {
                    Client client = Client.to(vip);
                    outcome = client.ask();
                    TimeUnit.MILLISECONDS.sleep(20);
                    if (!client.ask().equals(outcome)) {
                        outcome = "broken (by two)";
                    }
                    client.socket().close();
                } catch (IOException e) {
                    outcome = "broken (" + e.getMessage() + ")";
                } catch (InterruptedException e) {
                    return;
                }
                served.merge(outcome, 1, Integer::sum);
            });
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** As a client that has nothing to say: it only notices what comes from the other side. */
    private void await(Client client) {
        try {
            client.socket().setSoTimeout(0);
            client.input().readLine();
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("reset")) {
                reset.incrementAndGet();
            }
        }
    }
}
