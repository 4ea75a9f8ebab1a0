package io.hawser.node.vip;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A process that outlives this one, and removes its VIPs the moment it dies, and then what it needed for connections over
 * VIPs that it had before.
 *
 * <p>It is a shell that reads from a pipe until its end, which is when the kernel closes the other end for this process,
 * however that died. It has a session of its own, so that what is sent to this process's group doesn't reach it.
 */
final class Guard implements AutoCloseable {

    private static final String SCRIPT =
            """
            trap '' HUP INT QUIT TERM
            while read -r _; do :; done
            for vip in "$@"; do ip addr del "${vip%@*}" dev "${vip##*@}"; done
            for vip in "$@"; do ip addr del "${vip%/*}" dev lo; done
            [ -n "$RULES" ] && printf '%s' "$RULES" | nft -f -
            """;

    private final Process process;

    private Guard(Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param rules a script for {@code nft} that removes what this process may have told the packet filter
     * @throws VipException when that is not possible
     */
    static Guard over(Collection<Vip> vips, String rules) {
        List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "hawser-vip-guard"));
        vips.forEach(vip -> command.add(vip.prefix() + "@" + vip.interfaceName()));
        ProcessBuilder builder = SystemProgram.of(command)
                // What it kept open would seem to be this process's.
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD);
        builder.environment().put("RULES", rules);
        try {
            return new Guard(builder.start());
        } catch (IOException e) {
            throw new VipException(
                    "cannot start the guard of the VIPs, which needs setsid (util-linux), sh and ip (iproute2): "
                            + e.getMessage(),
                    e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Has it remove the VIPs and end. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It is gone already.
            process.destroy();
        }
    }
}
