/**
 * A network of its own for tests of what happens between hosts: {@link io.hawser.cluster.lab.Lab} is a switch with hosts
 * on it, made of network namespaces; every link can be cut, made lossy or slow, and every process killed or frozen.
 * Nothing of it touches the machine's own interfaces. Start reading there.
 */
@NullMarked
package io.hawser.cluster.lab;

import org.jspecify.annotations.NullMarked;
