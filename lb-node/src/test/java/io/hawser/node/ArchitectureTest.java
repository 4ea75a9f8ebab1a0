package io.hawser.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.hawser.testing.HouseRules;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rooms of the node: which sees which of the others, and which library lives in which. */
final class ArchitectureTest extends HouseRules {

    private static final String NODE = "io.hawser.node";

    private static final JavaClasses CLASSES = moduleOf(Main.class);

    /** The package {@value #NODE} itself, which wires the rooms. */
    private static final String WIRING = "(wiring)";

    /** Room by room, those that it sees. A new room gets a line here. */
    private static final Map<String, Set<String>> SEES = Map.ofEntries(
            Map.entry(
                    WIRING,
                    Set.of(
                            "admin",
                            "connection",
                            "coordination",
                            "election",
                            "file",
                            "identity",
                            "logging",
                            "metrics",
                            "pool",
                            "probe",
                            "state",
                            "transport",
                            "vip")),
            Map.entry("command", Set.of(WIRING, "admin", "connection", "demo", "file", "lbctl", "logging", "systemd")),
            Map.entry("lbctl", Set.of("admin", "identity")),
            Map.entry("demo", Set.of("admin", "lbctl", "logging", "probe")),
            Map.entry("manual", Set.of("command", "lbctl")),
            Map.entry("connection", Set.of("logging", "metrics", "pool", "stream", "transport")),
            Map.entry("stream", Set.of("transport")),
            Map.entry("pool", Set.of("metrics", "probe", "state")),
            Map.entry("state", Set.of("identity")),
            Map.entry("admin", Set.of("file", "identity", "metrics")),
            Map.entry("probe", Set.of("file")),
            Map.entry("coordination", Set.of("identity")),
            Map.entry("identity", Set.of("file")),
            Map.entry("file", Set.of()),
            Map.entry("logging", Set.of()),
            Map.entry("metrics", Set.of()),
            Map.entry("systemd", Set.of()),
            Map.entry("transport", Set.of()),
            Map.entry("election", Set.of("coordination", "vip")),
            Map.entry("vip", Set.of()));

    private static final Set<String> ALL = SEES.keySet();
    private static final Set<String> CHANNELS =
            Set.of(WIRING, "admin", "connection", "election", "probe", "stream", "transport");

    /** Which rooms see a package and those below it, unless these have a line of their own. A new library gets one. */
    private static final Map<String, Set<String>> SEEN_BY = Map.ofEntries(
            Map.entry("java", ALL),
            Map.entry("javax.net.ssl", Set.of("coordination", "demo", "identity", "lbctl", "probe", "state")),
            Map.entry("javax.security.auth.x500", Set.of("identity", "probe")),
            Map.entry("com.sun.management", Set.of(WIRING)),
            Map.entry("io.hawser", ALL),
            Map.entry("io.hawser.config", Set.of(WIRING, "command")),
            Map.entry("org.jspecify.annotations", ALL),
            Map.entry("org.slf4j", ALL),
            Map.entry("io.netty.buffer", ALL),
            Map.entry("io.netty.util", ALL),
            Map.entry("io.netty.channel", CHANNELS),
            Map.entry("io.netty.bootstrap", CHANNELS),
            Map.entry("io.netty.handler.ssl", Set.of("admin", "probe")),
            Map.entry("io.netty.handler.codec", Set.of("admin")),
            Map.entry("io.netty.handler.flow", Set.of("admin")),
            Map.entry("io.prometheus.client", Set.of(WIRING, "admin", "metrics")),
            Map.entry("com.fasterxml.jackson", Set.of("admin", "coordination", "lbctl")),
            Map.entry("com.hazelcast", Set.of("state")),
            Map.entry("org.apache.curator", Set.of("coordination")),
            Map.entry("org.apache.zookeeper", Set.of("coordination", "demo")),
            Map.entry("com.sun.jna", Set.of("systemd", "vip")),
            Map.entry("picocli", Set.of("command", "lbctl", "manual")),
            Map.entry("ch.qos.logback", Set.of("logging")));

    ArchitectureTest() {
        super(CLASSES);
    }

    @Test
    void roomsSeeFewOthers() {
        classes()
                .should(dependOnly("on the rooms that theirs sees", dependency -> {
                    String from = room(dependency.getOriginClass());
                    String to = room(dependency.getTargetClass());
                    return to == null
                            || to.equals(from)
                            || SEES.getOrDefault(from, Set.of()).contains(to)
                            || (isEntryPoint(dependency.getOriginClass())
                                    && Set.of("command", "lbctl").contains(to));
                }))
                .because("what a room doesn't see can change without it")
                .check(classes);
    }

    @Test
    void librariesLiveInTheirRooms() {
        classes()
                .should(dependOnly("on libraries that their room sees", dependency -> {
                    JavaClass used = dependency.getTargetClass().getBaseComponentType();
                    return used.isPrimitive()
                            || seeing(used.getPackageName()).contains(room(dependency.getOriginClass()));
                }))
                .because("what lives in one room is replaced in one room")
                .check(classes);
    }

    /** A coordination by something else would stand beside it. The demonstration starts a server, and is no client. */
    @Test
    void zooKeeperIsKnownToItsOwnPackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(NODE + ".coordination.zookeeper..", NODE + ".demo..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..")
                .because("the port says what the node needs of it")
                .check(classes);
    }

    @Test
    void onlyMainEndsTheProcess() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .and()
                .doNotHaveSimpleName("LbctlMain")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .because("who can't go on tells its caller, which may have something to close")
                .check(classes);
    }

    /** That rooms have none follows from {@link #SEES} as well, as long as nobody writes one into it. */
    @Test
    void packagesHaveNoCycles() {
        slices().matching(NODE + ".(**)").should().beFreeOfCycles().check(classes);
    }

    private static ArchCondition<JavaClass> dependOnly(String what, Predicate<Dependency> allowed) {
        return new ArchCondition<>("depend only " + what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    if (!allowed.test(dependency)) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** An entry point starts a command line; that of lb-node starts the node. */
    private static boolean isEntryPoint(JavaClass type) {
        return Set.of(Main.class.getName(), LbctlMain.class.getName()).contains(type.getName());
    }

    /** The room of a class of the node's; null of another class. */
    private static @Nullable String room(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        if (name.equals(NODE)) {
            return WIRING;
        }
        return name.startsWith(NODE + ".") ? name.substring(NODE.length() + 1).replaceFirst("\\..*", "") : null;
    }

    private static Set<String> seeing(String packageName) {
        Set<String> rooms = SEEN_BY.get(packageName);
        if (rooms != null) {
            return rooms;
        }
        int dot = packageName.lastIndexOf('.');
        return dot < 0 ? Set.of() : seeing(packageName.substring(0, dot));
    }
}
