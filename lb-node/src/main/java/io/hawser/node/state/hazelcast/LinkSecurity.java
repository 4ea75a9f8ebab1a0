package io.hawser.node.state.hazelcast;

import io.hawser.node.identity.HandshakeCounts;
import io.hawser.node.identity.KeptIdentity;

/**
 * How members make sure of each other.
 *
 * @param identity who this member is to the others, and whom it believes
 * @param counts told what became of each handshake
 */
public record LinkSecurity(KeptIdentity identity, HandshakeCounts counts) {}
