package io.hawser.cluster.harness;

import java.util.List;
import java.util.concurrent.Callable;

/** Where processes run and sockets are opened: on this machine itself, or on a host of a lab. */
public interface Place {

    /** This machine itself. */
    Place HERE = new Place() {
        @Override
        public List<String> command(List<String> command) {
            return command;
        }

        @Override
        public <T> T call(Callable<T> task) throws Exception {
            return task.call();
        }
    };

    /** The command that runs this one there. */
    List<String> command(List<String> command);

    /** Does something there: sockets that it opens, and those of the threads that it starts, are that place's. */
    <T> T call(Callable<T> task) throws Exception;
}
