package io.hawser.node.lbctl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hawser.node.admin.AdminToken;
import io.hawser.node.admin.ErrorBody;
import io.hawser.node.identity.Authorities;
import io.hawser.node.identity.HandshakeFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to one node's admin address: one request at a time, each bounded in time and size, and every way to fail in words
 * that say what to do.
 *
 * <p>By HttpURLConnection: java.net.http.HttpClient alone takes longer to load than all else that lbctl does.
 */
final class NodeClient {

    /** A page of the most connections is 4 MB. */
    private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

    private final URI node;
    private final @Nullable Path tokenFile;
    private final @Nullable Path authorities;
    private final Duration timeout;
    private final ObjectMapper json;

    /**
     * Makes it; nothing is sent yet.
     *
     * @param node the admin address, without a slash at the end
     * @param tokenFile whose first line changes are sent with; null sends none
     * @param authorities a PEM file of those whose certificates are believed; null for those that Java trusts
     * @param timeout how long an exchange may take, from connecting to the last byte
     */
    NodeClient(URI node, @Nullable Path tokenFile, @Nullable Path authorities, Duration timeout, ObjectMapper json) {
        this.node = node;
        this.tokenFile = tokenFile;
        this.authorities = authorities;
        this.timeout = timeout;
        this.json = json;
    }

    /** The body of the answer to a GET; one with another status than 200 is a failure. */
    String get(String path) throws Failure, InterruptedException {
        return accepted(exchange(path, null, null));
    }

    /** The body of the answer to a POST of JSON; the change is made then, and in force where it doesn't say otherwise. */
    String post(String path, String body) throws Failure, InterruptedException {
        return accepted(exchange(path, body, token()));
    }

    URI node() {
        return node;
    }

    private @Nullable String token() throws Failure {
        if (tokenFile == null) {
            return null;
        }
        try {
            return AdminToken.firstLine(tokenFile);
        } catch (IOException e) {
            throw new Failure(String.valueOf(e.getMessage()));
        }
    }

    private String accepted(Answer answer) throws Failure {
        if (answer.status() == HttpURLConnection.HTTP_OK || answer.status() == HttpURLConnection.HTTP_ACCEPTED) {
            return answer.body();
        }
        if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
            throw new Failure(
                    tokenFile == null
                            ? node + " wants a token for changes: give the file whose first line it is, the node's"
                                    + " admin.token-file, with --token-file or LBCTL_TOKEN_FILE"
                            : node + " does not take the token in " + tokenFile
                                    + ": give the node's admin.token-file with"
                                    + " --token-file; a node reads it when it starts and when it reloads");
        }
        try {
            ErrorBody error = json.readValue(answer.body(), ErrorBody.class);
            if (error.message() != null) {
                throw new Failure(error.message(), error.problems() == null ? List.of() : error.problems());
            }
        } catch (JsonProcessingException e) {
            // No error of Hawser's: said below.
        }
        throw new Failure("http status " + answer.status() + " from " + node
                + ", and not in Hawser's words: is this the admin address of a node? See --node");
    }

    private Answer exchange(String path, @Nullable String body, @Nullable String token)
            throws Failure, InterruptedException {
        HttpURLConnection connection;
        try {
            connection = (HttpURLConnection) URI.create(node + path).toURL().openConnection(Proxy.NO_PROXY);
        } catch (IOException e) {
            throw failure(e);
        }
        if (authorities != null && connection instanceof HttpsURLConnection secured) {
            try {
                secured.setSSLSocketFactory(
                        Authorities.context("--ca", authorities).getSocketFactory());
            } catch (IOException e) {
                throw new Failure(String.valueOf(e.getMessage()));
            }
        }
        FutureTask<Answer> task = new FutureTask<>(() -> send(connection, body, token));
        Thread thread = new Thread(task, "exchange");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw failure(io);
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            // Ends the thread too.
            connection.disconnect();
            throw tooSlow();
        } catch (InterruptedException e) {
            connection.disconnect();
            throw e;
        }
    }

    private Answer send(HttpURLConnection connection, @Nullable String body, @Nullable String token)
            throws IOException {
        int millis = (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept", "application/json");
        if (body != null) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            if (token != null) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            // Otherwise a POST that was not answered would be sent again.
            connection.setFixedLengthStreamingMode(bytes.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(bytes);
            }
        }
        int status = status(connection);
        if (status < 0) {
            throw new NotHttpException();
        }
        InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        if (in == null) {
            return new Answer(status, "");
        }
        try (in) {
            byte[] bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
            if (bytes.length > MAX_ANSWER_BYTES) {
                throw new IOException("the answer has more than " + MAX_ANSWER_BYTES + " bytes");
            }
            return new Answer(status, new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private static int status(HttpURLConnection connection) throws IOException {
        try {
            return connection.getResponseCode();
        } catch (HttpRetryException e) {
            // Thrown for 401, since it would not send the body again.
            return e.responseCode();
        }
    }

    private Failure tooSlow() {
        return new Failure(node + " did not answer within " + timeout.toMillis() / 1000.0 + " s; what was asked for may"
                + " still come into force. Is the node overloaded, or this another service? --request-timeout waits"
                + " longer");
    }

    private Failure failure(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return tooSlow();
        }
        if (e instanceof UnknownHostException) {
            return new Failure("no address is known for the host of " + node + "; correct --node (or LBCTL_NODE)");
        }
        if (e instanceof ConnectException) {
            return new Failure("cannot connect to " + node + " (" + e.getMessage() + "): is the node running? If it is,"
                    + " give its admin.bind with --node URL (or LBCTL_NODE)");
        }
        if (e instanceof SSLException) {
            return new Failure(tlsFailure(HandshakeFailure.of(e, "admin.tls")));
        }
        if (e instanceof NotHttpException) {
            return new Failure(
                    node + " does not speak HTTP: give the node's admin.bind with --node URL (or LBCTL_NODE), and with"
                            + " https:// where it has admin.tls");
        }
        return new Failure("lost the connection to " + node + " before its answer was whole: " + e.getMessage());
    }

    private String tlsFailure(HandshakeFailure failure) {
        return switch (failure.reason()) {
            case NO_TLS -> node + " does not speak TLS: a node without admin.tls is reached by http://";
            case UNKNOWN_AUTHORITY ->
                node + " is not believed to be the node: its certificate is signed by no authority "
                        + (authorities == null
                                ? "that Java trusts; give its authority with --ca FILE (or LBCTL_CA)"
                                : "in " + authorities);
            default -> "no TLS with " + node + ": " + failure.text();
        };
    }

    private record Answer(int status, String body) {}

    private static final class NotHttpException extends IOException {

        private static final long serialVersionUID = 1L;
    }
}
