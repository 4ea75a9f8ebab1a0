package io.hawser.cluster.failover;

import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Balancers on hosts of a lab with one address between them, and what can be done to them. */
interface Contestant {

    /** The hosts that may have the address have 198.51.100.0/24 with all others. */
    String VIP = "198.51.100.100";

    /** How often somebody on the link is to ask who has it. */
    Duration ASK_EVERY = Duration.ofMillis(100);

    /** Its name in files and tables. */
    String id();

    Lab lab();

    /** Where the client is. */
    Host client();

    TlsClient tls() throws Exception;

    /** The hosts whose kernel has the address on the link. */
    List<Host> owners();

    /** How that befalls a host here; empty when it can't. */
    Optional<Fault> fault(Mishap mishap);

    /** Ends what was done, and starts what has died; does not wait. */
    void mend() throws Exception;

    /** Whether one host has the address, and all others could take it over. */
    boolean isWhole();

    /** Something that befalls the owner. */
    interface Fault {
        void strike(Host owner) throws Exception;
    }
}
