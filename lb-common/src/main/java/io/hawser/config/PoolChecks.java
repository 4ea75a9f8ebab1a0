package io.hawser.config;

import io.hawser.config.HealthConfig.Check;
import java.util.List;

/** The rules between the keys of one pool. */
final class PoolChecks {

    private PoolChecks() {}

    static void run(PoolConfig pool, String path, Findings findings) {
        affinityKindsDiffer(pool.affinity(), path + ".affinity.by", findings);
        ticketKeysAreOfBackends(pool, path + ".affinity.ticket-key-names", findings);
        probesEndBeforeTheNext(pool.health(), path + ".health", findings);
        certificatesCanBeVerified(pool.health(), path + ".health", findings);
    }

    private static void affinityKindsDiffer(AffinityConfig affinity, String path, Findings findings) {
        List<AffinityConfig.AffinityBy> kinds = affinity.by();
        for (int i = 0; i < kinds.size(); i++) {
            String kindPath = path + "[" + i + "]";
            boolean again = kinds.subList(0, i).contains(kinds.get(i));
            boolean readable = !findings.isBroken(kindPath);
            for (int j = 0; j < i; j++) {
                readable &= !findings.isBroken(path + "[" + j + "]");
            }
            if (again && readable) {
                findings.report(kindPath, ScalarType.label(kinds.get(i)) + " is there already");
            }
        }
    }

    private static void ticketKeysAreOfBackends(PoolConfig pool, String path, Findings findings) {
        List<String> backends = pool.backends().stream().map(BackendConfig::id).toList();
        List<AffinityConfig.TicketKeyNameConfig> names = pool.affinity().ticketKeyNames();
        for (int i = 0; i < names.size(); i++) {
            String backendPath = path + "[" + i + "].backend";
            if (!backends.contains(names.get(i).backend()) && !findings.isBroken(backendPath)) {
                findings.report(
                        backendPath,
                        "there is no backend " + names.get(i).backend() + " in pool " + pool.id() + "; there are "
                                + String.join(", ", backends));
            }
        }
        if (!names.isEmpty() && !pool.affinity().by().contains(AffinityConfig.AffinityBy.TLS_SESSION)) {
            findings.report(path, "is used only with tls-session in by; add that, or remove this");
        }
    }

    private static void probesEndBeforeTheNext(HealthConfig health, String path, Findings findings) {
        String timeout = path + ".timeout";
        String interval = path + ".interval";
        if (findings.isBroken(timeout) || findings.isBroken(interval)) {
            return;
        }
        if (health.timeout().compareTo(health.interval()) > 0) {
            findings.report(
                    findings.isGiven(timeout) ? timeout : interval,
                    "a probe would outlast the time to the next: timeout is " + DurationText.format(health.timeout())
                            + ", interval " + DurationText.format(health.interval()));
        }
    }

    private static void certificatesCanBeVerified(HealthConfig health, String path, Findings findings) {
        boolean handshakes = health.check() == Check.TLS || health.check() == Check.HTTPS;
        if (health.verify() && !handshakes && !findings.isBroken(path + ".check")) {
            findings.report(
                    path + ".verify",
                    "nothing is verified by check: " + ScalarType.label(health.check())
                            + "; write check: tls or check: https");
        }
        boolean authoritiesUnused = health.caFile() != null && !health.verify();
        if (authoritiesUnused && !findings.isBroken(path + ".ca-file") && !findings.isBroken(path + ".verify")) {
            findings.report(path + ".ca-file", "is used only with verify: true; add that, or remove this");
        }
    }
}
