# What cluster-tests/lab and cluster-tests/failover share; read by them with "." from the project's directory: builds what is
# missing, and has "java" run classes of the tests.

fail() {
    echo "$program: $*" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "network namespaces need root: run it with sudo"
PATH=$PATH:/usr/sbin
for tool in ip:iproute2 nft:nftables tcpdump:tcpdump openssl:openssl setpriv:util-linux; do
    command -v "${tool%%:*}" > /dev/null || fail "${tool%%:*} is missing: apt install ${tool##*:}"
done

if [ -z "${JAVA_HOME:-}" ]; then
    for home in /usr/lib/jvm/*17*; do
        if [ -x "$home/bin/javac" ]; then
            JAVA_HOME=$home
        fi
    done
fi
[ -x "${JAVA_HOME:-}/bin/javac" ] || fail "needs a JDK 17 (on Debian: apt install openjdk-17-jdk-headless); set JAVA_HOME if it is elsewhere"
export JAVA_HOME

classpath=cluster-tests/target/classpath
if [ ! -e "$classpath" ] || [ ! -x lb-node/target/lb-node/bin/lb-node ] ||
    [ -n "$(find pom.xml ./*/pom.xml lb-common/src lb-node/src cluster-tests/src -type f -newer "$classpath" | head -n 1)" ]; then
    echo "$program: building (a minute or two)" >&2
    goals="-B -q package dependency:build-classpath -Dmdep.outputFile=target/classpath -DskipTests -Djacoco.skip -Dspotless.check.skip"
    # Without a network where the local repository has all; downloads what is missing else.
    # shellcheck disable=SC2086 # split into words on purpose
    mvn -o $goals > cluster-tests/target/build.log 2>&1 || mvn $goals >&2 || fail "the build failed; above it says why"
    touch "$classpath"
fi

home=$PWD
mkdir -p cluster-tests/target
java() {
    "$JAVA_HOME/bin/java" -cp "$home/cluster-tests/target/test-classes:$(cat "$home/$classpath")" \
        -Dhawser.distribution="$home/lb-node/target/lb-node" \
        -Dhawser.work="$home/cluster-tests/target/testbeds" "$@"
}
