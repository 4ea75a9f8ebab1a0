package io.hawser.cluster.harness;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The programs that tests run besides the node; each with the Debian package that brings it. */
public enum Tool {
    CURL("curl", "curl"),
    GNUTLS_CLI("gnutls-cli", "gnutls-bin"),
    GNUTLS_SERV("gnutls-serv", "gnutls-bin"),
    H2LOAD("h2load", "nghttp2-client"),
    HAPROXY("haproxy", "haproxy"),
    IP("ip", "iproute2"),
    KEEPALIVED("keepalived", "keepalived"),
    NFT("nft", "nftables"),
    NGINX("nginx", "nginx-light"),
    OPENSSL("openssl", "openssl"),
    SH("sh", "dash"),
    TC("tc", "iproute2"),
    TCPDUMP("tcpdump", "tcpdump"),
    WRK("wrk", "wrk");

    private final String program;
    private final String debianPackage;

    Tool(String program, String debianPackage) {
        this.program = program;
        this.debianPackage = debianPackage;
    }

    /**
     * Where the program is.
     *
     * @throws org.opentest4j.TestAbortedException when this machine lacks it: the test is skipped
     * @throws AssertionError likewise in continuous integration (CI=true), which must skip nothing
     */
    public String path() {
        // Daemons live in directories that are not on every user's PATH.
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
        Optional<String> found = Stream.of(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
        if (found.isEmpty()) {
            String missing = program + " is missing: apt-get install " + debianPackage + ", or run ./verify";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(missing);
            }
            Assumptions.abort(missing);
        }
        return found.get();
    }

    @Override
    public String toString() {
        return program;
    }
}
