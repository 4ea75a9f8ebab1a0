package io.hawser.node.demo;

/** By what a client is known when it comes back. */
enum SessionKind {
    TLS12_ID("TLS 1.2 session id", "TLSv1.2", true),
    TLS12_TICKET("TLS 1.2 ticket", "TLSv1.2", true),
    TLS13_TICKET("TLS 1.3 ticket", "TLSv1.3", true),
    /** Resumes nothing: each connection begins with a full handshake, from the address that it always had. */
    CLIENT_ADDRESS("client address", "TLSv1.3", false);

    private final String title;
    private final String protocol;
    private final boolean resumes;

    SessionKind(String title, String protocol, boolean resumes) {
        this.title = title;
        this.protocol = protocol;
        this.resumes = resumes;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** As Java names it. */
    String protocol() {
        return protocol;
    }

    /** Whether it resumes its TLS session; such a client comes from another address each time. */
    boolean resumes() {
        return resumes;
    }
}
