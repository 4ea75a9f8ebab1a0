package io.hawser.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminTokenTest {

    @TempDir
    Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("token"), content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123456789abcdef", "0123456789abcdef\n", "  0123456789abcdef \r\n# a comment\n"})
    void isTheFirstLine(String content) throws Exception {
        AdminToken token = AdminToken.read(file(content));

        assertThat(token.matches("0123456789abcdef")).isTrue();
        assertThat(token.matches("0123456789abcdeF")).isFalse();
        assertThat(token.matches("")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', has 0 characters and needs at least 16",
        "short, has 5 characters and needs at least 16",
        "0123456789 abcdef, has spaces or characters beyond ASCII",
        "0123456789abcdéf, has spaces or characters beyond ASCII",
    })
    void saysWhatIsWrongWithItAndHowToMakeOne(String content, String why) throws Exception {
        Path file = file(content);

        assertThatThrownBy(() -> AdminToken.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(why)
                .hasMessageContaining("openssl rand -hex 32");
    }

    @Test
    void saysWhatIsWrongWithTheFile() throws Exception {
        Path large = file("x".repeat(5000));
        assertThatThrownBy(() -> AdminToken.read(large)).hasMessageContaining("more than 4096 bytes");
        assertThatThrownBy(() -> AdminToken.read(Path.of("/dev/zero"))).hasMessageContaining("more than 4096 bytes");
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> AdminToken.read(missing))
                .hasMessage("cannot read the token file " + missing + ": there is no such file");
        assertThatThrownBy(() -> AdminToken.read(directory))
                .hasMessage("cannot read the token file " + directory + ": it is a directory");
    }

    @Test
    void isNeverPrinted() throws Exception {
        AdminToken token = AdminToken.read(file("0123456789abcdef"));

        assertThat(new AdminSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), token).toString())
                .doesNotContain("0123456789abcdef");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
    void isRequiredWhereOthersReach(String address) throws Exception {
        InetSocketAddress bind = new InetSocketAddress(InetAddress.getByName(address), 9900);

        assertThatThrownBy(() -> new AdminSettings(bind, null))
                .hasMessageContaining("admin.bind is ")
                .hasMessageContaining("there is no admin.token-file: set one");
        assertThat(new AdminSettings(bind, AdminToken.read(file("0123456789abcdef"))))
                .isNotNull();
    }
}
