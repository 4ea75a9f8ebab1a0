package io.hawser.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import io.hawser.tls.ClientHello;
import io.hawser.tls.ClientHelloReader;
import io.hawser.tls.HelloResult;
import io.hawser.tls.JavaHandshake;
import io.hawser.tls.ServerFlight;
import io.hawser.tls.ServerFlightReader;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sessions of a real TLS stack find their backend again, by what passes in the clear alone. */
final class SessionOfferTest {

    private static final AffinityPolicy POLICY =
            new AffinityPolicy(List.of(AffinityPolicy.By.TLS_SESSION, AffinityPolicy.By.CLIENT_IP), 32, 64, Set.of());
    private static final AffinityKey CLIENT = POLICY.clientKey(IpAddress.of(InetAddress.getLoopbackAddress()));

    private final LocalAffinityTable table = new LocalAffinityTable(60_000, 1000, 1);
    private final IssuerTable issuers = new IssuerTable();
    private final List<Issuer> news = new ArrayList<>();

    @Test
    void findsATicketOfTls12Again() throws SSLException {
        SSLContext clients = JavaHandshake.context();
        SSLContext servers = JavaHandshake.context();
        JavaHandshake first = JavaHandshake.of(clients, servers, "TLSv1.2");
        assertThat(tied(first)).isNull();
        assertThat(learn(first, "b1")).isEqualTo(SessionOffer.Outcome.NOTHING_OFFERED);
        assertThat(table.size())
                .as("the ticket; whoever has it comes with it and not with the id")
                .isEqualTo(1);

        JavaHandshake second = JavaHandshake.of(clients, servers, "TLSv1.2");
        assertThat(tied(second)).isEqualTo("b1");
        assertThat(learn(second, "b1")).isEqualTo(SessionOffer.Outcome.RESUMED);
        assertThat(tied(JavaHandshake.of(clients, servers, "TLSv1.2"))).isEqualTo("b1");
    }

    @Test
    void findsTheIssuerOfTicketsThatNobodySaw() throws SSLException {
        SSLContext servers = JavaHandshake.context();
        List<SSLContext> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SSLContext client = JavaHandshake.context();
            clients.add(client);
            JavaHandshake first = JavaHandshake.of(client, servers, "TLSv1.3");
            assertThat(learn(first, "b1")).isEqualTo(SessionOffer.Outcome.NOTHING_OFFERED);
        }
        assertThat(table.size())
                .as("nothing of a full handshake of TLS 1.3 is worth remembering")
                .isZero();
        // Two clients come to their backend by chance and are resumed; the third finds it.
        for (int i = 0; i < 2; i++) {
            JavaHandshake resumed = JavaHandshake.of(clients.get(i), servers, "TLSv1.3");
            assertThat(tied(resumed)).isNull();
            assertThat(learn(resumed, "b1")).isEqualTo(SessionOffer.Outcome.RESUMED);
        }
        assertThat(news).hasSize(1);
        assertThat(tied(JavaHandshake.of(clients.get(2), servers, "TLSv1.3"))).isEqualTo("b1");
    }

    @Test
    void learnsNothingFromRefusals() throws SSLException {
        SSLContext clients = JavaHandshake.context();
        JavaHandshake.of(clients, JavaHandshake.context(), "TLSv1.3");
        JavaHandshake refused = JavaHandshake.of(clients, JavaHandshake.context(), "TLSv1.3");
        assertThat(learn(refused, "b1")).isEqualTo(SessionOffer.Outcome.REFUSED);
        assertThat(issuers.issuers()).isEmpty();
        assertThat(table.size()).isZero();
    }

    @Test
    void encryptedHellosShowNothing() throws SSLException {
        SSLContext clients = JavaHandshake.context();
        SSLContext servers = JavaHandshake.context();
        JavaHandshake.of(clients, servers, "TLSv1.3");
        ClientHello hello = hello(JavaHandshake.of(clients, servers, "TLSv1.3"));
        assertThat(hello.offersPsk()).isTrue();
        // Without encrypted_client_hello a public name is a name like others.
        SessionOffer offer = SessionOffer.of(hello, Set.of("localhost"));
        assertThat(POLICY.keys(offer, CLIENT, issuers, 0)).containsExactly(CLIENT);
    }

    @Test
    void keysComeInTheOrderOfThePolicy() throws SSLException {
        SSLContext clients = JavaHandshake.context();
        SSLContext servers = JavaHandshake.context();
        learn(JavaHandshake.of(clients, servers, "TLSv1.2"), "b1");
        JavaHandshake second = JavaHandshake.of(clients, servers, "TLSv1.2");
        SessionOffer offer = SessionOffer.of(hello(second), Set.of());
        assertThat(POLICY.keys(offer, CLIENT, issuers, 0))
                .extracting(AffinityKey::kind)
                .containsExactly(AffinityKey.Kind.TLS_TICKET, AffinityKey.Kind.CLIENT_IP);
        AffinityPolicy addressFirst = new AffinityPolicy(
                List.of(AffinityPolicy.By.CLIENT_IP, AffinityPolicy.By.TLS_SESSION), 32, 64, Set.of());
        assertThat(addressFirst.keys(offer, CLIENT, issuers, 0))
                .extracting(AffinityKey::kind)
                .containsExactly(AffinityKey.Kind.CLIENT_IP, AffinityKey.Kind.TLS_TICKET);
        assertThat(POLICY.keys(null, CLIENT, issuers, 0)).containsExactly(CLIENT);
        AffinityPolicy off = new AffinityPolicy(List.of(), 32, 64, Set.of());
        assertThat(off.keys(offer, CLIENT, issuers, 0)).isEmpty();
    }

    private @Nullable String tied(JavaHandshake handshake) {
        SessionOffer offer = SessionOffer.of(hello(handshake), Set.of());
        for (AffinityKey key : POLICY.keys(offer, CLIENT, issuers, 0)) {
            String backend = key.kind() == AffinityKey.Kind.TLS_ISSUER ? issuers.find(key, 0) : table.find(key, 0);
            if (backend != null) {
                return backend;
            }
        }
        return null;
    }

    private SessionOffer.Outcome learn(JavaHandshake handshake, String backend) {
        ServerFlightReader reader = new ServerFlightReader();
        reader.read(Unpooled.wrappedBuffer(handshake.fromServer));
        ServerFlight flight = reader.flight();
        if (flight == null) {
            throw new AssertionError("no flight");
        }
        return SessionOffer.of(hello(handshake), Set.of()).learn(flight, backend, table, issuers, 0, news);
    }

    private static ClientHello hello(JavaHandshake handshake) {
        byte[] sent = handshake.fromClient;
        int length = 5 + ((sent[3] & 0xff) << 8 | (sent[4] & 0xff));
        return ((HelloResult.Complete) new ClientHelloReader().read(Unpooled.wrappedBuffer(sent, 0, length))).hello();
    }
}
