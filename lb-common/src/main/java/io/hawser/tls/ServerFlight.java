package io.hawser.tls;

import org.jspecify.annotations.Nullable;

/**
 * What a server's side of a handshake shows of the session, in the clear (RFC 8446 section 4.1.3, RFC 5246 section
 * 7.4.1.3, RFC 5077 section 3.3): which session it took up again, or what the next one will be known by.
 *
 * <p>Immutable; safe for any thread.
 */
public final class ServerFlight {

    private static final byte[] NO_BYTES = {};
    private static final int TLS_1_3 = 0x0304;
    private static final int NO_PSK = -1;

    private final int version;
    private final byte[] sessionId;
    private final boolean resumed;
    private final int selectedPsk;
    private final byte @Nullable [] ticket;

    private ServerFlight(int version, byte[] sessionId, boolean resumed, int selectedPsk, byte @Nullable [] ticket) {
        this.version = version;
        this.sessionId = sessionId;
        this.resumed = resumed;
        this.selectedPsk = selectedPsk;
        this.ticket = ticket;
    }

    /** TLS 1.3: the ServerHello is all that is in the clear. */
    static ServerFlight tls13(int selectedPsk) {
        return new ServerFlight(TLS_1_3, NO_BYTES, selectedPsk != NO_PSK, selectedPsk, null);
    }

    /** TLS 1.2 or older, up to the server's ChangeCipherSpec. */
    static ServerFlight tls12(int version, byte[] sessionId, boolean resumed, byte @Nullable [] ticket) {
        return new ServerFlight(version, sessionId, resumed, NO_PSK, ticket);
    }

    /** The version chosen, such as 0x0304 for TLS 1.3. */
    public int version() {
        return version;
    }

    public boolean isTls13() {
        return version == TLS_1_3;
    }

    /** Whether an earlier session goes on: in TLS 1.3 by a pre-shared key, before by session id or ticket. */
    public boolean resumed() {
        return resumed;
    }

    /** TLS 1.3: the index of the client's pre-shared key that was accepted; -1 when none was. */
    public int selectedPsk() {
        return selectedPsk;
    }

    /**
     * TLS 1.2 and older: the id under which the server keeps the session, or echoes when it resumes one, 1 to 32 bytes;
     * empty when it keeps none. Always empty in TLS 1.3, where the field is an echo without a meaning.
     */
    public byte[] sessionId() {
        return sessionId.clone();
    }

    /** TLS 1.2: the ticket that the server has just issued; empty when it issued none, or one too long to be kept. */
    public byte[] ticket() {
        return ticket == null ? NO_BYTES : ticket.clone();
    }

    /** Leaves out what resumes a session. */
    @Override
    public String toString() {
        return "ServerFlight[0x" + Integer.toHexString(version) + (resumed ? ", resumed" : "")
                + (sessionId.length > 0 ? ", session id" : "") + (ticket == null ? "" : ", ticket") + "]";
    }
}
