package io.hawser.node.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node tells of itself.
 *
 * @param node its id
 * @param address at which other machines reach it
 * @param clusterPort at which the members of its cluster reach it
 * @param admin the URL of its admin server
 * @param version of its build
 * @param started when it was started, by its own clock
 * @param replication how well what it knows has reached the others
 */
public record Bulletin(
        String node,
        String address,
        int clusterPort,
        String admin,
        String version,
        Instant started,
        Replication replication) {

    private static final int VERSION = 1;

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(node);
            out.writeUTF(address);
            out.writeInt(clusterPort);
            out.writeUTF(admin);
            out.writeUTF(version);
            out.writeLong(started.toEpochMilli());
            out.writeInt(replication.changesWaiting());
            out.writeLong(replication.lagMillis());
            out.writeBoolean(replication.backupsInSync());
            out.writeInt(replication.unsafe().size());
            for (String why : replication.unsafe()) {
                out.writeUTF(why);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written", e);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when the bytes are none that this version understands */
    static Bulletin decode(byte[] message) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("a bulletin of version " + version);
            }
            String node = in.readUTF();
            String address = in.readUTF();
            int clusterPort = in.readInt();
            String admin = in.readUTF();
            String build = in.readUTF();
            Instant started = Instant.ofEpochMilli(in.readLong());
            int waiting = in.readInt();
            long lagMillis = in.readLong();
            boolean backupsInSync = in.readBoolean();
            List<String> unsafe = new ArrayList<>();
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                unsafe.add(in.readUTF());
            }
            return new Bulletin(
                    node,
                    address,
                    clusterPort,
                    admin,
                    build,
                    started,
                    new Replication(true, waiting, lagMillis, backupsInSync, unsafe));
        }
    }
}
