package io.hawser.node.admin;

import io.hawser.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a pool shall forget, on every node: what one of these names, or everything when all are null.
 *
 * @param client a client's key
 * @param key the keys with this digest
 * @param backend all that is tied to this backend
 */
public record AffinityClearing(@Nullable IpAddress client, @Nullable String key, @Nullable String backend) {

    public AffinityClearing {
        int given = (client == null ? 0 : 1) + (key == null ? 0 : 1) + (backend == null ? 0 : 1);
        if (given > 1) {
            throw new IllegalArgumentException("one of client, key and backend at most");
        }
    }
}
