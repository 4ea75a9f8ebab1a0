package io.hawser.node.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;

/** A request that can't be served: becomes an {@link ErrorBody}. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient HttpResponseStatus status;
    private final String error;
    private final transient List<String> problems;
    private final transient Map<String, String> headers;

    Refusal(
            HttpResponseStatus status,
            String error,
            String message,
            List<String> problems,
            Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.error = error;
        this.problems = problems;
        this.headers = headers;
    }

    Refusal(HttpResponseStatus status, String error, String message) {
        this(status, error, message, List.of(), Map.of());
    }

    static Refusal badRequest(String message) {
        return new Refusal(HttpResponseStatus.BAD_REQUEST, "bad_request", message);
    }

    HttpResponseStatus status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    ErrorBody body() {
        return new ErrorBody(error, String.valueOf(getMessage()), problems);
    }
}
