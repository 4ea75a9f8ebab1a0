package io.hawser.node.coordination.zookeeper;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.OperatorChange;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceType;
import org.apache.curator.x.discovery.details.InstanceSerializer;

/**
 * What the nodes write into ZooKeeper, as JSON with keys in snake_case. Keys that this version does not know are left
 * alone: newer nodes may write more.
 *
 * <p>The service discovery's own serializer is not used: it takes the name of the class to make from the data.
 */
final class Json implements InstanceSerializer<Member> {

    /** Nothing that nodes write comes near it. */
    private static final int MAX_BYTES = 64 * 1024;

    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * How a node holds its id.
     *
     * @param instance different for each start of a node
     * @param address at which other machines reach it
     * @param applied for {@code POOL/BACKEND} the zxid of the last change that is in force on the node; the latest only
     */
    record Holder(String instance, String address, Map<String, Long> applied) {

        Holder {
            applied = Map.copyOf(applied);
        }
    }

    byte[] write(OperatorChange change) throws IOException {
        ObjectNode object = json.createObjectNode()
                .put("state", change.setting().state().name().toLowerCase(Locale.ROOT))
                .put("weight", change.setting().weight())
                .put("by", change.by())
                .put("at", change.at().toString());
        return json.writeValueAsBytes(object);
    }

    /** @throws IOException saying what is wrong with it */
    OperatorChange change(String pool, String backend, byte[] data) throws IOException {
        JsonNode object = object(data);
        try {
            JsonNode weight = object.path("weight");
            if (!weight.isMissingNode() && !weight.isNull() && !weight.isInt()) {
                throw new IOException("its weight is no number");
            }
            return new OperatorChange(
                    pool,
                    backend,
                    new OperatorSetting(
                            OperatorState.valueOf(text(object, "state").toUpperCase(Locale.ROOT)),
                            weight.isInt() ? weight.intValue() : null),
                    text(object, "by"),
                    Instant.parse(text(object, "at")));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    byte[] write(Holder holder) throws IOException {
        ObjectNode object =
                json.createObjectNode().put("instance", holder.instance()).put("address", holder.address());
        ObjectNode applied = object.putObject("applied");
        holder.applied().forEach(applied::put);
        return json.writeValueAsBytes(object);
    }

    /** @throws IOException saying what is wrong with it */
    Holder holder(byte[] data) throws IOException {
        JsonNode object = object(data);
        Map<String, Long> applied = new LinkedHashMap<>();
        object.path("applied")
                .properties()
                .forEach(field -> applied.put(field.getKey(), field.getValue().asLong()));
        return new Holder(text(object, "instance"), text(object, "address"), applied);
    }

    @Override
    public byte[] serialize(ServiceInstance<Member> instance) throws IOException {
        Member member = instance.getPayload();
        ObjectNode object = json.createObjectNode()
                .put("name", instance.getName())
                .put("id", instance.getId())
                .put("address", member.address())
                .put("port", member.clusterPort())
                .put("registrationTimeUTC", instance.getRegistrationTimeUTC())
                .put("serviceType", ServiceType.DYNAMIC.name());
        object.putObject("payload")
                .put("node", member.id())
                .put("admin", member.adminUrl())
                .put("version", member.version())
                .put("started", member.started().toString());
        return json.writeValueAsBytes(object);
    }

    @Override
    public ServiceInstance<Member> deserialize(byte[] data) throws IOException {
        JsonNode object = object(data);
        JsonNode payload = object.path("payload");
        try {
            Member member = new Member(
                    text(payload, "node"),
                    text(object, "address"),
                    object.path("port").asInt(),
                    text(payload, "admin"),
                    text(payload, "version"),
                    Instant.parse(text(payload, "started")));
            return Members.instance(text(object, "name"), text(object, "id"), member);
        } catch (DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    ObjectNode newObject() {
        return json.createObjectNode();
    }

    byte[] bytes(ObjectNode object) {
        try {
            return json.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers can always be written", e);
        }
    }

    /** @throws IOException saying what is wrong with it */
    JsonNode object(byte[] data) throws IOException {
        if (data.length > MAX_BYTES) {
            throw new IOException("it has " + data.length + " bytes");
        }
        try {
            JsonNode tree = json.readTree(data);
            if (tree == null || !tree.isObject()) {
                throw new IOException("it is no JSON object");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw new IOException("it is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** @throws IOException when there is none */
    static String text(JsonNode object, String key) throws IOException {
        JsonNode value = object.path(key);
        if (!value.isTextual()) {
            throw new IOException("it has no text '" + key + "'");
        }
        return value.textValue();
    }
}
