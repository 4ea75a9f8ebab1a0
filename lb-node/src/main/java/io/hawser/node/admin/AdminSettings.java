package io.hawser.node.admin;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where the admin server listens, and what a change must show.
 *
 * @param bind a resolved address; port 0 asks the kernel for a free one
 * @param token null lets everybody who reaches the address change things: only for the loopback
 */
public record AdminSettings(InetSocketAddress bind, @Nullable AdminToken token) {

    public AdminSettings {
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException("admin.bind: no address is known for the host " + bind.getHostString());
        }
        if (token == null && !bind.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "admin.bind is " + bind.getAddress().getHostAddress()
                            + ", which other machines may reach, and there is no admin.token-file: set one"
                            + " (openssl rand -hex 32 > FILE), or bind to 127.0.0.1");
        }
    }

    boolean isLoopback() {
        return bind.getAddress().isLoopbackAddress();
    }
}
