package io.hawser.node.admin;

import io.hawser.affinity.AffinityKey;
import io.hawser.net.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request's query parameters, each given once at most; what is wrong with them is refused by name. */
final class Parameters {

    private final Map<String, List<String>> given;

    private Parameters(Map<String, List<String>> given) {
        this.given = given;
    }

    /**
     * @param known those that there are
     * @param description of those, for people
     * @throws Refusal when there are others, or one twice
     */
    static Parameters of(Map<String, List<String>> given, Set<String> known, String description) {
        for (Map.Entry<String, List<String>> parameter : given.entrySet()) {
            if (!known.contains(parameter.getKey())) {
                throw Refusal.badRequest("there is no such parameter; there are " + description);
            }
            if (parameter.getValue().size() > 1) {
                throw Refusal.badRequest(parameter.getKey() + " is given twice; give it once");
            }
        }
        return new Parameters(given);
    }

    @Nullable String one(String name) {
        List<String> values = given.get(name);
        return values == null ? null : values.get(0);
    }

    String required(String name) {
        String value = one(name);
        if (value == null || value.isEmpty()) {
            throw Refusal.badRequest(name + " must be given");
        }
        return value;
    }

    @Nullable IpAddress address(String name) {
        String text = one(name);
        IpAddress address = text == null ? null : IpAddress.tryParse(text);
        if (text != null && address == null) {
            throw Refusal.badRequest(name + " must be an address, such as 192.0.2.7 or 2001:db8::7");
        }
        return address;
    }

    @Nullable String digest(String name) {
        String text = one(name);
        if (text != null) {
            try {
                List<AffinityKey> unused = AffinityKey.ofDigest(text);
            } catch (IllegalArgumentException e) {
                throw Refusal.badRequest(name + ": " + e.getMessage());
            }
        }
        return text;
    }

    /** A whole number of five digits at most, from 1 to {@code most}. */
    int number(String name, int otherwise, int most) {
        String text = one(name);
        if (text == null) {
            return otherwise;
        }
        if (text.matches("[0-9]{1,5}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        }
        throw Refusal.badRequest(name + " must be a whole number from 1 to " + most);
    }
}
