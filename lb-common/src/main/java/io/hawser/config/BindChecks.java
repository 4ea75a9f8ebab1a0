package io.hawser.config;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import java.util.HashMap;
import java.util.Map;

/** The rules about addresses that the node binds: none twice, and nothing open that should be closed. */
final class BindChecks {

    private final Findings findings;
    private final Map<Object, String> taken = new HashMap<>();

    private BindChecks(Findings findings) {
        this.findings = findings;
    }

    static void run(HawserConfig config, Findings findings) {
        BindChecks checks = new BindChecks(findings);
        for (int i = 0; i < config.listeners().size(); i++) {
            ListenerConfig listener = config.listeners().get(i);
            for (int j = 0; j < listener.bind().size(); j++) {
                checks.take(listener.bind().get(j), "listeners[" + i + "].bind[" + j + "]");
            }
        }
        checks.take(config.admin().bind(), "admin.bind");
        ClusterConfig cluster = config.cluster();
        if (cluster != null && !findings.isBroken("cluster.port") && !findings.isBroken("node.address")) {
            checks.take(new Endpoint(config.node().address(), cluster.port()), "cluster.port");
        }
        if (!config.vips().isEmpty()
                && !findings.isBroken("node.liveness-port")
                && !findings.isBroken("node.address")) {
            checks.take(new Endpoint(config.node().address(), config.node().livenessPort()), "node.liveness-port");
        }
        checks.adminStaysClosed(config.admin());
    }

    /**
     * An address that is one of a wildcard's is fine, as is a wildcard of each family: the kernel tells them apart. Names
     * are not resolved here.
     */
    private void take(Endpoint endpoint, String path) {
        if (endpoint.port() == 0 || findings.isBroken(path)) {
            return;
        }
        IpAddress address = IpAddress.tryParse(endpoint.host());
        Object socket = address == null ? endpoint : new Socket(address, endpoint.port());
        String earlier = taken.putIfAbsent(socket, path);
        if (earlier != null) {
            findings.report(
                    path,
                    endpoint + " is bound by " + earlier + " already"
                            + (findings.lineOf(earlier) == findings.lineOf(path)
                                    ? ""
                                    : " in line " + findings.lineOf(earlier)));
        }
    }

    private void adminStaysClosed(AdminConfig admin) {
        boolean open = admin.tokenFile() == null && !isLoopback(admin.bind().host());
        if (open && !findings.isBroken("admin.bind") && !findings.isBroken("admin.token-file")) {
            findings.report(
                    "admin.bind",
                    admin.bind() + " can be reached from other machines, so that 'token-file' is required;"
                            + " set it or bind 127.0.0.1:" + admin.bind().port());
        }
    }

    private static boolean isLoopback(String host) {
        IpAddress address = IpAddress.tryParse(host);
        return address == null
                ? host.equals("localhost")
                : address.toInetAddress().isLoopbackAddress();
    }

    private record Socket(IpAddress address, int port) {}
}
