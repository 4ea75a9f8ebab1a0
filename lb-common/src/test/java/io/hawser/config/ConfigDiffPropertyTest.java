package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.Cidr;
import io.hawser.net.Endpoint;
import io.hawser.net.HostPrefix;
import io.hawser.testing.Seeds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whichever key is changed, in whichever section of a configuration: the change is found, and nothing else. */
final class ConfigDiffPropertyTest {

    private static final int ROUNDS = 3_000;

    private static final Section ROOT = Section.of(HawserConfig.class);

    /** A key that was changed somewhere in the tree. */
    private static final class Edit {
        String path = "";
        boolean restart;
        boolean element;
    }

    private final HawserConfig whole = Configs.valid(Configs.WHOLE);
    private final HawserConfig minimal = Configs.valid(Configs.MINIMAL);

    @Test
    void everySingleChangeIsFound() {
        Seeds.rounds(ROUNDS, random -> {
            HawserConfig before = random.nextBoolean() ? whole : minimal;
            Edit edit = new Edit();
            HawserConfig after = (HawserConfig) mutated(ROOT, before, edit, random);

            List<ConfigChange> changes = ConfigDiff.between(before, after);

            assertThat(changes).as("%s", edit.path).hasSize(1);
            ConfigChange change = changes.get(0);
            assertThat(change.path()).isEqualTo(edit.path);
            assertThat(change.needsRestart()).isEqualTo(edit.restart);
            assertThat(change.kind() == ConfigChange.Kind.CHANGED).isEqualTo(!edit.element);
            assertThat(change.before()).isNotEqualTo(change.after() == null ? "" : change.after());
            assertThat(ConfigDiff.between(after, after)).isEmpty();
            assertThat(ConfigDiff.between(before, before)).isEmpty();
        });
    }

    @Test
    void manyChangesAreTakenInOrWaitForARestart() {
        Seeds.rounds(ROUNDS / 10, random -> {
            HawserConfig before = whole;
            HawserConfig after = before;
            for (int i = random.nextInt(12); i >= 0; i--) {
                after = (HawserConfig) mutated(ROOT, after, new Edit(), random);
            }

            HawserConfig taken = ConfigDiff.takenInByReload(before, after);

            List<ConfigChange> all = ConfigDiff.between(before, after);
            assertThat(all.isEmpty()).isEqualTo(before.equals(after));
            assertThat(ConfigDiff.between(before, taken))
                    .containsExactlyElementsOf(all.stream()
                            .filter(change -> !change.needsRestart())
                            .toList());
            assertThat(ConfigDiff.between(taken, after))
                    .containsExactlyElementsOf(
                            all.stream().filter(ConfigChange::needsRestart).toList());
        });
    }

    /** The section with one key changed, in it or below it; ids are left alone, since another id is another element. */
    private static Object mutated(Section section, Object value, Edit edit, Random random) {
        List<Setting> settings = section.settings().stream()
                .filter(setting -> !setting.name().equals("id") || section.type() == NodeConfig.class)
                .filter(setting -> !isAbsentSection(setting, value))
                .toList();
        Setting chosen = settings.get(random.nextInt(settings.size()));
        edit.path += (edit.path.isEmpty() ? "" : ".") + chosen.name();
        edit.restart |= chosen.key().restart();
        return section.create(section.settings().stream()
                .map(setting -> {
                    Object old = setting.valueIn(value);
                    return setting.equals(chosen) ? mutated(setting.type(), old, edit, random) : old;
                })
                .toArray());
    }

    /** There is nothing in it to change, and no telling what could be added. */
    private static boolean isAbsentSection(Setting setting, Object section) {
        if (setting.type() instanceof Section) {
            return setting.valueIn(section) == null;
        }
        return setting.type() instanceof ListType list
                && list.element() instanceof Section
                && setting.valueIn(section) instanceof List<?> values
                && values.isEmpty();
    }

    private static Object mutated(ValueType type, @Nullable Object old, Edit edit, Random random) {
        if (type instanceof Section section && old != null) {
            return mutated(section, old, edit, random);
        }
        if (type instanceof ListType list && old != null) {
            return mutatedList(list.element(), (List<?>) old, edit, random);
        }
        return other(((ScalarType) type).type(), old, random);
    }

    private static List<Object> mutatedList(ValueType element, List<?> old, Edit edit, Random random) {
        List<Object> list = new ArrayList<>(old);
        int at = list.isEmpty() ? 0 : random.nextInt(list.size());
        if (element instanceof Section section) {
            Setting first = section.settings().get(0);
            edit.path += first.name().equals("id") ? "." + first.valueIn(list.get(at)) : "[" + at + "]";
            list.set(at, mutated(section, list.get(at), edit, random));
            return list;
        }
        edit.element = true;
        if (!list.isEmpty() && random.nextBoolean()) {
            list.remove(at);
        } else {
            Class<?> type = ((ScalarType) element).type();
            list.add(at, other(type, null, random));
        }
        return list;
    }

    private static Object other(Class<?> type, @Nullable Object old, Random random) {
        int number = random.nextInt(1, 1_000_000);
        if (type == int.class && old instanceof Integer value) {
            return value + number;
        }
        if (type == boolean.class && old instanceof Boolean value) {
            return !value;
        }
        if (type == Duration.class && old instanceof Duration value) {
            return value.plusMillis(number);
        }
        if (type.isEnum()) {
            List<Object> others = new ArrayList<>(List.of(type.getEnumConstants()));
            others.remove(old);
            return others.get(random.nextInt(others.size()));
        }
        if (type == Endpoint.class) {
            return new Endpoint("new-" + number, 1);
        }
        if (type == HostPrefix.class) {
            return HostPrefix.parse("2001:db8::" + Integer.toHexString(number & 0xffff) + "/64");
        }
        if (type == Cidr.class) {
            return Cidr.parse("2001:db8::" + Integer.toHexString(number & 0xffff));
        }
        if (type == Path.class) {
            return Path.of("/new-" + number);
        }
        if (type == StatusRange.class) {
            return new StatusRange(599 - number % 50, 599);
        }
        if (type == String.class) {
            return "new-" + number;
        }
        throw new AssertionError("no other value of " + type + " is known: add it here");
    }
}
