package io.hawser.affinity;

import java.util.Set;

/**
 * What a node had heard of clearings when it told others of entries: what is covered by one that it had not heard of was
 * told before the clearing, however late it arrives.
 *
 * @param ids of those that it had carried out and not forgotten yet
 * @param listeningMillis how long it had been hearing of them: what was cleared before that it never had
 */
public record KnownClearings(Set<Long> ids, long listeningMillis) {

    public KnownClearings {
        ids = Set.copyOf(ids);
    }
}
