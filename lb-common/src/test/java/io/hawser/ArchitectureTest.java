package io.hawser;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.hawser.net.IpAddress;
import io.hawser.testing.HouseRules;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What makes this module the one that decides: it reaches nothing that its caller could not hand to it. */
final class ArchitectureTest extends HouseRules {

    private static final JavaClasses CLASSES = moduleOf(IpAddress.class);

    /**
     * What of the JDK computes and does nothing else. A class that isn't here may be added as long as it starts no
     * thread, opens nothing, and answers alike whenever and wherever it is asked.
     */
    private static final Pattern PURE_JDK = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.(?!Thread|InheritableThread|Process|Runtime$|ref\\.)[\\w.$]+",
            "java\\.io\\.(ByteArray|Data)(In|Out)putStream|java\\.io\\.(In|Out)putStream|java\\.io\\.\\w*IOException",
            "java\\.math\\.\\w+",
            "java\\.net\\.(IDN|InetAddress|UnknownHostException)",
            "java\\.nio\\.(\\w+Buffer|ByteOrder|charset\\.\\w+)",
            "java\\.nio\\.file\\.(Path|InvalidPathException)",
            "java\\.security\\.(MessageDigest|NoSuchAlgorithmException)",
            "java\\.time\\.Duration",
            "java\\.util\\.(?!Timer|Random$|SplittableRandom$|Scanner$|logging|prefs|concurrent)[\\w.$]+",
            "java\\.util\\.concurrent\\.(atomic\\.\\w+|Completion\\w+|CompletableFuture|Concurrent\\w+)"));

    private static final DescribedPredicate<JavaClass> PURE = describe("only compute", type -> {
        JavaClass base = type.getBaseComponentType();
        return base.isPrimitive()
                || PURE_JDK.matcher(base.getName()).matches()
                || base.getPackageName().startsWith("io.hawser")
                || base.getPackageName().equals("org.jspecify.annotations")
                || base.getPackageName().equals("io.netty.buffer");
    });

    /** What classes that else are pure answer differently tomorrow, elsewhere or by chance. */
    private static final DescribedPredicate<JavaAccess<?>> IMPURE = describe("is impure", access -> {
        String name = access.getName();
        return switch (access.getTargetOwner().getName()) {
            case "java.lang.System" -> !name.matches("arraycopy|identityHashCode");
            case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
            case "java.lang.Object" -> name.matches("wait|notify|notifyAll");
            case "java.util.UUID" -> name.equals("randomUUID");
            case "java.util.Collections" -> name.equals("shuffle");
            case "java.util.random.RandomGenerator" -> name.matches("of|getDefault");
            case "java.util.random.RandomGeneratorFactory" -> true;
            case "java.util.concurrent.CompletableFuture", "java.util.concurrent.CompletionStage" ->
                name.matches(".*Async|orTimeout|completeOnTimeout|delayedExecutor|join|get");
            default -> name.matches("parallel|parallelStream");
        };
    });

    private static final DescribedPredicate<JavaAccess<?>> ASKING_THE_NETWORK = describe(
            "asks a name server or the network",
            access -> access.getTargetOwner().getName().equals("java.net.InetAddress")
                    && access.getName()
                            .matches(
                                    "getByName|getAllByName|getLocalHost|getHostName|getCanonicalHostName|isReachable"));

    ArchitectureTest() {
        super(CLASSES);
    }

    @Test
    void onlyDecides() {
        classes()
                .that()
                .resideOutsideOfPackage("io.hawser.config..")
                .should()
                .onlyDependOnClassesThat(PURE)
                .because("threads, sockets, files and clocks are lb-node's; what has none is tested without waiting")
                .check(classes);
    }

    @Test
    void onlyConfigurationKnowsYaml() {
        classes()
                .that()
                .resideInAPackage("io.hawser.config..")
                .should()
                .onlyDependOnClassesThat(PURE.or(resideInAPackage("org.snakeyaml.engine..")))
                .because("it parses the text; lb-node reads the file")
                .check(classes);
    }

    @Test
    void timeAndChanceComeFromOutside() {
        noClasses()
                .should()
                .accessTargetWhere(IMPURE)
                .because("a test must be able to choose them")
                .check(classes);
    }

    @Test
    void resolvesNoNames() {
        noClasses()
                .should()
                .accessTargetWhere(ASKING_THE_NETWORK)
                .because("a name server may take seconds to answer")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.hawser.(*)..").should().beFreeOfCycles().check(classes);
    }
}
