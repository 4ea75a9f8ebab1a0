package io.hawser.node.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hawser.pool.OperatorState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From a request's path to what the node is asked, and from what it says to the answer. */
final class Endpoints {

    private static final String KNOWN =
            "GET /healthz /readyz /metrics /api/v1/status /api/v1/nodes /api/v1/vips /api/v1/pools /api/v1/listeners"
                    + " /api/v1/affinity /api/v1/explain /api/v1/connections, POST"
                    + " /api/v1/pools/POOL/backends/BACKEND/state /api/v1/pools/POOL/backends/BACKEND/weight"
                    + " /api/v1/pools/POOL/affinity/clear /api/v1/vips/VIP/move /api/v1/nodes/NODE/drain"
                    + " /api/v1/nodes/NODE/resume /api/v1/reload";
    private static final int MAX_WEIGHT = 1000;

    private final NodeControl node;
    private final MetricsPage metrics;
    private final ObjectMapper json = AdminJson.mapper();

    Endpoints(NodeControl node, MetricsPage metrics) {
        this.node = node;
        this.metrics = metrics;
    }

    /**
     * Serves one request.
     *
     * @param loop where answers are rendered: what the node answers may arrive on a thread that carries traffic
     * @return completes with a {@link Refusal}, or with what went wrong inside, when there is no answer
     * @throws Refusal likewise
     */
    CompletionStage<Answer> serve(FullHttpRequest request, Executor loop) {
        QueryStringDecoder uri = decode(request.uri());
        List<String> path = segments(uri);
        return switch (String.join("/", path)) {
            case "healthz" -> get(request, () -> completed(ok(Map.of("alive", true))));
            case "readyz" -> get(request, () -> completed(readiness()));
            case "metrics" ->
                get(request, () -> completed(metrics.render(request.headers().get(HttpHeaderNames.ACCEPT))));
            case "api/v1/status" -> get(request, () -> node.status().thenApplyAsync(this::ok, loop));
            case "api/v1/nodes" -> get(request, () -> node.nodes().thenApplyAsync(this::ok, loop));
            case "api/v1/vips" -> get(request, () -> node.vips().thenApplyAsync(this::ok, loop));
            case "api/v1/pools" ->
                get(request, () -> node.pools().thenApplyAsync(pools -> ok(Map.of("pools", pools)), loop));
            case "api/v1/listeners" ->
                get(request, () -> node.listeners().thenApplyAsync(all -> ok(Map.of("listeners", all)), loop));
            case "api/v1/connections" ->
                get(request, () -> {
                    ConnectionQuery query = ConnectionQuery.of(uri.parameters());
                    return node.connections(query.filter(), query.limit()).thenApplyAsync(this::ok, loop);
                });
            case "api/v1/affinity" ->
                get(request, () -> {
                    AffinityQuery query = AffinityQuery.of(uri.parameters());
                    return node.affinity(query)
                            .thenApplyAsync(found -> found("there is no pool " + query.pool(), found), loop);
                });
            case "api/v1/explain" ->
                get(request, () -> {
                    ExplainQuery query = ExplainQuery.of(uri.parameters());
                    return node.explain(query)
                            .thenApplyAsync(found -> found("there is no listener " + query.listener(), found), loop);
                });
            case "api/v1/reload" -> {
                requireMethod(request, HttpMethod.POST);
                body(request, List.of());
                yield node.reload().thenApplyAsync(this::changed, loop);
            }
            default -> {
                CompletionStage<Change> change = changeOfVips(request, path);
                yield change == null ? backend(request, path, loop) : change.thenApplyAsync(this::changed, loop);
            }
        };
    }

    private Answer found(String otherwise, Optional<?> found) {
        return ok(found.orElseThrow(() -> new Refusal(HttpResponseStatus.NOT_FOUND, "not_found", otherwise)));
    }

    /** Null when the path is another one. */
    private @Nullable CompletionStage<Change> changeOfVips(FullHttpRequest request, List<String> path) {
        if (path.size() != 5 || !path.subList(0, 2).equals(List.of("api", "v1"))) {
            return null;
        }
        return switch (path.get(2) + " " + path.get(4)) {
            case "vips move" -> {
                requireMethod(request, HttpMethod.POST);
                JsonNode to = body(request, List.of("to")).path("to");
                if (!to.isNull() && !to.isTextual()) {
                    throw Refusal.badRequest("to must be a node's id, or null for wherever the VIP would be anyway");
                }
                yield node.moveVip(path.get(3), to.isNull() ? null : to.textValue());
            }
            case "nodes drain", "nodes resume" -> {
                requireMethod(request, HttpMethod.POST);
                body(request, List.of());
                yield node.setDrained(path.get(3), path.get(4).equals("drain"));
            }
            default -> null;
        };
    }

    private CompletionStage<Answer> backend(FullHttpRequest request, List<String> path, Executor loop) {
        if (path.size() == 6
                && path.subList(0, 3).equals(List.of("api", "v1", "pools"))
                && path.subList(4, 6).equals(List.of("affinity", "clear"))) {
            requireMethod(request, HttpMethod.POST);
            return node.clearAffinity(path.get(3), clearing(object(request))).thenApplyAsync(this::changed, loop);
        }
        boolean isBackend = path.size() == 7
                && path.subList(0, 3).equals(List.of("api", "v1", "pools"))
                && path.get(4).equals("backends");
        String what = isBackend ? path.get(6) : "";
        if (what.equals("state")) {
            requireMethod(request, HttpMethod.POST);
            JsonNode body = body(request, List.of("state"));
            return node.setBackendState(path.get(3), path.get(5), state(body.path("state")))
                    .thenApplyAsync(this::changed, loop);
        }
        if (what.equals("weight")) {
            requireMethod(request, HttpMethod.POST);
            JsonNode body = body(request, List.of("weight"));
            return node.setBackendWeight(path.get(3), path.get(5), weight(body.path("weight")))
                    .thenApplyAsync(this::changed, loop);
        }
        throw new Refusal(
                HttpResponseStatus.NOT_FOUND, "not_found", "there is nothing at this path; there is " + KNOWN);
    }

    private static QueryStringDecoder decode(String uri) {
        if (!uri.startsWith("/")) {
            throw Refusal.badRequest("the request target must be a path that begins with '/'");
        }
        try {
            QueryStringDecoder decoder = new QueryStringDecoder(uri);
            decoder.path();
            decoder.parameters();
            return decoder;
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("the request target has a broken %-escape");
        }
    }

    /** The path's segments, each decoded on its own: an id may hold an escaped slash, which divides nothing. */
    private static List<String> segments(QueryStringDecoder uri) {
        List<String> segments = new ArrayList<>();
        for (String raw : uri.rawPath().substring(1).split("/", -1)) {
            segments.add(QueryStringDecoder.decodeComponent(raw.replace("+", "%2B")));
        }
        return segments;
    }

    private static CompletionStage<Answer> get(FullHttpRequest request, Supplier<CompletionStage<Answer>> page) {
        requireMethod(request, HttpMethod.GET);
        return page.get();
    }

    private static CompletionStage<Answer> completed(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static void requireMethod(FullHttpRequest request, HttpMethod method) {
        boolean matches = request.method().equals(method)
                || (method.equals(HttpMethod.GET) && request.method().equals(HttpMethod.HEAD));
        if (!matches) {
            String allowed = method.equals(HttpMethod.GET) ? "GET, HEAD" : "POST";
            throw new Refusal(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    "method_not_allowed",
                    "this path takes " + allowed,
                    List.of(),
                    Map.of("allow", allowed));
        }
    }

    private Answer readiness() {
        Readiness readiness = node.readiness();
        return answer(readiness.ready() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, readiness);
    }

    private JsonNode object(FullHttpRequest request) {
        JsonNode body;
        try {
            byte[] bytes = ByteBufUtil.getBytes(request.content());
            body = bytes.length == 0 ? json.createObjectNode() : json.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw Refusal.badRequest("the body is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw Refusal.badRequest("the body is not JSON");
        }
        return body;
    }

    private static AffinityClearing clearing(JsonNode body) {
        if (!body.isObject()) {
            throw Refusal.badRequest("the body must be a JSON object, or empty");
        }
        Map<String, List<String>> given = new TreeMap<>();
        body.properties().forEach(field -> {
            if (!field.getValue().isTextual()) {
                throw Refusal.badRequest(field.getKey() + " must be a text");
            }
            given.put(field.getKey(), List.of(field.getValue().textValue()));
        });
        Parameters parameters = Parameters.of(given, Set.of("client", "key", "backend"), "client, key and backend");
        if (given.size() > 1) {
            throw Refusal.badRequest("one of client, key and backend at most; none clears all");
        }
        return new AffinityClearing(parameters.address("client"), parameters.digest("key"), parameters.one("backend"));
    }

    /** The request's JSON object, which has these keys and no others; an empty body stands for an empty object. */
    private JsonNode body(FullHttpRequest request, List<String> keys) {
        JsonNode body = object(request);
        List<String> given = new ArrayList<>();
        body.fieldNames().forEachRemaining(given::add);
        if (!body.isObject() || given.size() != keys.size() || !given.containsAll(keys)) {
            throw Refusal.badRequest(
                    keys.isEmpty()
                            ? "the body must be empty, or the JSON object {}"
                            : "the body must be a JSON object with exactly these keys: " + String.join(", ", keys));
        }
        return body;
    }

    private static OperatorState state(JsonNode value) {
        for (OperatorState state : OperatorState.values()) {
            if (value.isTextual() && state.name().equalsIgnoreCase(value.textValue())) {
                return state;
            }
        }
        throw Refusal.badRequest("state must be one of: "
                + Arrays.stream(OperatorState.values())
                        .map(state -> '"' + state.name().toLowerCase(Locale.ROOT) + '"')
                        .collect(Collectors.joining(", ")));
    }

    private static int weight(JsonNode value) {
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < 0
                || value.intValue() > MAX_WEIGHT) {
            throw Refusal.badRequest("weight must be a whole number from 0 to " + MAX_WEIGHT);
        }
        return value.intValue();
    }

    private Answer changed(Change change) {
        if (change instanceof Change.Applied applied) {
            return ok(new AppliedBody(applied.summary(), applied.changes(), null));
        }
        if (change instanceof Change.Kept kept) {
            return answer(HttpResponseStatus.ACCEPTED, new AppliedBody(kept.summary(), List.of(), kept.pending()));
        }
        if (change instanceof Change.Unavailable unavailable) {
            throw new Refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, "unavailable", unavailable.why());
        }
        if (change instanceof Change.NotFound missing) {
            throw new Refusal(HttpResponseStatus.NOT_FOUND, "not_found", missing.why());
        }
        Change.Refused refused = (Change.Refused) change;
        throw new Refusal(HttpResponseStatus.CONFLICT, "refused", refused.why(), refused.problems(), Map.of());
    }

    private Answer ok(Object body) {
        return answer(HttpResponseStatus.OK, body);
    }

    Answer refused(Refusal refusal) {
        return new Answer(refusal.status(), Answer.JSON, bytes(refusal.body()), refusal.headers());
    }

    private Answer answer(HttpResponseStatus status, Object body) {
        return Answer.json(status, bytes(body));
    }

    private ByteBuf bytes(Object body) {
        try {
            byte[] object = json.writeValueAsBytes(body);
            byte[] line = Arrays.copyOf(object, object.length + 1);
            line[object.length] = '\n';
            return Unpooled.wrappedBuffer(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + body.getClass() + " as JSON", e);
        }
    }
}
