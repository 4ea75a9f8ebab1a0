package io.hawser.node.lbctl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hawser.node.admin.AdminJson;
import io.hawser.node.admin.AffinityPage;
import io.hawser.node.admin.AppliedBody;
import io.hawser.node.admin.ClusterStatus;
import io.hawser.node.admin.ConnectionPage;
import io.hawser.node.admin.Explanation;
import io.hawser.node.admin.ListenerStatus;
import io.hawser.node.admin.NodeStatus;
import io.hawser.node.admin.PoolStatus;
import io.hawser.node.admin.VipPage;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The admin endpoints as calls, and their answers as the records that the node made them from. */
public final class NodeApi {

    private final ObjectMapper json = AdminJson.mapper();
    private final NodeClient client;

    /**
     * Makes it; nothing is sent yet.
     *
     * @param node the admin address, without a slash at the end
     * @param tokenFile whose first line changes are sent with; null sends none
     * @param authorities a PEM file of those whose certificates are believed; null for those that Java trusts
     * @param timeout how long an exchange may take, from connecting to the last byte
     */
    public NodeApi(URI node, @Nullable Path tokenFile, @Nullable Path authorities, Duration timeout) {
        this.client = new NodeClient(node, tokenFile, authorities, timeout, json);
    }

    /**
     * An answer: JSON for certain, and what it says when somebody wants to know.
     *
     * @param json as the node sent it
     */
    public record Answer<T>(String json, Reading<T> reading) {

        /** What it says; a failure when it is not what a node of this version would say. */
        public T value() throws Failure {
            return reading.read();
        }
    }

    /** Reads an answer. */
    public interface Reading<T> {
        T read() throws Failure;
    }

    URI node() {
        return client.node();
    }

    Answer<NodeStatus> status() throws Failure, InterruptedException {
        return one(client.get("/api/v1/status"), NodeStatus.class);
    }

    Answer<ClusterStatus> nodes() throws Failure, InterruptedException {
        return one(client.get("/api/v1/nodes"), ClusterStatus.class);
    }

    /** The VIPs, and who has them. */
    public Answer<VipPage> vips() throws Failure, InterruptedException {
        return one(client.get("/api/v1/vips"), VipPage.class);
    }

    /**
     * Moves a VIP; returns once that is in force.
     *
     * @param to a node's id; null: wherever it would be anyway
     */
    public Answer<AppliedBody> moveVip(String vip, @Nullable String to) throws Failure, InterruptedException {
        return one(
                client.post(
                        "/api/v1/vips/" + encoded(vip) + "/move",
                        json.createObjectNode().put("to", to).toString()),
                AppliedBody.class);
    }

    /** @param what {@code drain} or {@code resume} */
    Answer<AppliedBody> changeNode(String id, String what) throws Failure, InterruptedException {
        return one(client.post("/api/v1/nodes/" + encoded(id) + "/" + what, "{}"), AppliedBody.class);
    }

    Answer<List<PoolStatus>> pools() throws Failure, InterruptedException {
        return list(client.get("/api/v1/pools"), "pools", PoolStatus.class);
    }

    /** One pool, in the form of a list of pools. */
    Answer<List<PoolStatus>> pool(String id) throws Failure, InterruptedException {
        JsonNode all = tree(client.get("/api/v1/pools"));
        ObjectNode one = json.createObjectNode();
        ArrayNode pools = one.putArray("pools");
        List<String> ids = new ArrayList<>();
        for (JsonNode pool : all.path("pools")) {
            ids.add(pool.path("pool").asText());
            if (pool.path("pool").asText().equals(id)) {
                pools.add(pool);
            }
        }
        if (pools.isEmpty()) {
            throw new Failure("there is no pool " + id + "; there is " + String.join(", ", ids));
        }
        return list(one + "\n", "pools", PoolStatus.class);
    }

    Answer<List<ListenerStatus>> listeners() throws Failure, InterruptedException {
        return list(client.get("/api/v1/listeners"), "listeners", ListenerStatus.class);
    }

    /** @param parameters of the query; those that are null are left out */
    Answer<ConnectionPage> connections(Map<String, @Nullable String> parameters) throws Failure, InterruptedException {
        return one(client.get("/api/v1/connections" + query(parameters)), ConnectionPage.class);
    }

    /**
     * What a pool remembers of its sessions.
     *
     * @param parameters of the query; those that are null are left out
     */
    public Answer<AffinityPage> affinity(Map<String, @Nullable String> parameters)
            throws Failure, InterruptedException {
        return one(client.get("/api/v1/affinity" + query(parameters)), AffinityPage.class);
    }

    Answer<Explanation> explain(Map<String, @Nullable String> parameters) throws Failure, InterruptedException {
        return one(client.get("/api/v1/explain" + query(parameters)), Explanation.class);
    }

    /** @param which sessions: none that is not null stands for all */
    Answer<AppliedBody> clearAffinity(String pool, Map<String, @Nullable String> which)
            throws Failure, InterruptedException {
        ObjectNode body = json.createObjectNode();
        which.forEach((name, value) -> {
            if (value != null) {
                body.put(name, value);
            }
        });
        return one(
                client.post("/api/v1/pools/" + encoded(pool) + "/affinity/clear", body.toString()), AppliedBody.class);
    }

    private static String query(Map<String, @Nullable String> parameters) {
        List<String> query = new ArrayList<>();
        parameters.forEach((name, value) -> {
            if (value != null) {
                query.add(name + "=" + encoded(value));
            }
        });
        return query.isEmpty() ? "" : "?" + String.join("&", query);
    }

    /** @param what {@code state} or {@code weight} */
    Answer<AppliedBody> setBackend(BackendName backend, String what, JsonNode value)
            throws Failure, InterruptedException {
        ObjectNode body = json.createObjectNode();
        body.set(what, value);
        return one(
                client.post(
                        "/api/v1/pools/" + encoded(backend.pool()) + "/backends/" + encoded(backend.backend()) + "/"
                                + what,
                        body.toString()),
                AppliedBody.class);
    }

    Answer<AppliedBody> reload() throws Failure, InterruptedException {
        return one(client.post("/api/v1/reload", "{}"), AppliedBody.class);
    }

    private <T> Answer<T> one(String answer, Class<T> type) throws Failure {
        JsonNode tree = tree(answer);
        return new Answer<>(answer, () -> read(tree, type));
    }

    private <T> Answer<List<T>> list(String answer, String key, Class<T> type) throws Failure {
        JsonNode tree = tree(answer);
        return new Answer<>(answer, () -> {
            List<T> values = new ArrayList<>();
            for (JsonNode element : tree.path(key)) {
                values.add(read(element, type));
            }
            if (values.isEmpty() && !tree.path(key).isArray()) {
                throw notUnderstood("it has no list '" + key + "'");
            }
            return values;
        });
    }

    private JsonNode tree(String answer) throws Failure {
        try {
            return json.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new Failure(client.node() + " answers with something else than JSON ('"
                    + (answer.length() > 40 ? answer.substring(0, 40) + "…" : answer.strip())
                    + "'): is this the admin address of a node? See --node");
        }
    }

    private <T> T read(JsonNode tree, Class<T> type) throws Failure {
        T value;
        try {
            value = json.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw notUnderstood(e.getOriginalMessage());
        }
        String missing = value == null ? "everything" : Whole.missing(value);
        if (value == null || missing != null) {
            throw notUnderstood("it lacks " + missing);
        }
        return value;
    }

    private Failure notUnderstood(String why) {
        return new Failure(client.node() + " does not answer as a node of this version would: " + why
                + ". Is it the admin address of a node (--node)? If its version is another than 'lbctl --version',"
                + " '-o json' shows what it says");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
