package io.hawser.node.command;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where Hawser is installed: the directory with {@code bin/lb-node}. */
final class Distribution {

    private Distribution() {}

    /**
     * The directory that this program's own jar is in, as {@code lib/lb-node.jar}.
     *
     * @throws IOException when it runs from elsewhere
     */
    static Path here() throws IOException {
        try {
            Path jar = Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path lib = jar.toRealPath().getParent();
            if (lib == null || lib.getParent() == null) {
                throw new IOException("found no bin/lb-node beside " + jar + "; start it with bin/lb-node");
            }
            return lib.getParent();
        } catch (URISyntaxException e) {
            throw new IOException("cannot tell where Hawser is installed", e);
        }
    }
}
