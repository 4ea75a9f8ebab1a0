package io.hawser.node.coordination.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hawser.vip.Candidacy;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** What the nodes write into ZooKeeper about VIPs; as {@link Json} has it. */
final class VipJson {

    private final Json json;

    VipJson(Json json) {
        this.json = json;
    }

    /**
     * What the register of a VIP says; {@link io.hawser.vip.ClaimView} says what it means.
     */
    record Register(boolean free, long holdOutNanos, long quietNanos) {}

    /**
     * What a claim says.
     *
     * @param node the owner's id
     * @param epoch the register's version after the claim was made
     */
    record Claim(String node, long epoch) {}

    byte[] write(Register register) {
        return json.bytes(json.newObject()
                .put("free", register.free())
                .put("hold_out_nanos", register.holdOutNanos())
                .put("quiet_nanos", register.quietNanos()));
    }

    /** @throws IOException saying what is wrong with it */
    Register register(byte[] data) throws IOException {
        JsonNode object = json.object(data);
        JsonNode free = object.path("free");
        JsonNode holdOut = object.path("hold_out_nanos");
        JsonNode quiet = object.path("quiet_nanos");
        if (!free.isBoolean() || !holdOut.isIntegralNumber() || !quiet.isIntegralNumber()) {
            throw new IOException("it does not say whether the VIP is free, or how long to wait");
        }
        return new Register(free.booleanValue(), holdOut.longValue(), quiet.longValue());
    }

    byte[] write(Claim claim) {
        return json.bytes(json.newObject().put("node", claim.node()).put("epoch", claim.epoch()));
    }

    /** @throws IOException saying what is wrong with it */
    Claim claim(byte[] data) throws IOException {
        JsonNode object = json.object(data);
        JsonNode epoch = object.path("epoch");
        if (!epoch.isIntegralNumber()) {
            throw new IOException("it has no epoch");
        }
        return new Claim(Json.text(object, "node"), epoch.longValue());
    }

    byte[] write(Candidacy candidacy) {
        ObjectNode object = json.newObject()
                .put("node", candidacy.node())
                .put("ready", candidacy.ready())
                .put("draining", candidacy.draining())
                .put("liveness", candidacy.liveness());
        ArrayNode serves = object.putArray("serves");
        candidacy.serves().stream().sorted().forEach(serves::add);
        return json.bytes(object);
    }

    /** @throws IOException saying what is wrong with it */
    Candidacy candidacy(byte[] data) throws IOException {
        JsonNode object = json.object(data);
        Set<String> serves = new HashSet<>();
        object.path("serves").forEach(vip -> serves.add(vip.asText()));
        return new Candidacy(
                Json.text(object, "node"),
                object.path("ready").asBoolean(),
                object.path("draining").asBoolean(),
                serves,
                Json.text(object, "liveness"));
    }

    /** An order, with who gave it, for whoever looks into ZooKeeper. */
    byte[] order(String to, String by, Instant at) {
        return json.bytes(json.newObject().put("to", to).put("by", by).put("at", at.toString()));
    }

    /** @throws IOException saying what is wrong with it */
    String movedTo(byte[] data) throws IOException {
        return Json.text(json.object(data), "to");
    }
}
