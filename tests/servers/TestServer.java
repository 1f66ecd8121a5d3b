import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/**
 * A server that speaks MongoDB's protocol on 127.0.0.1. Arguments: port (0 picks one), file to keep data in (none:
 * memory). Prints its port once it listens and ends on SIGTERM.
 */
public class TestServer {
    public static void main(String[] args) throws Exception {
        MongoBackend backend = args.length > 1 ? new H2Backend(args[1]) : new MemoryBackend();
        // by default it announces wire version 8, which pymongo 4.20 refuses
        backend.version(new MongoVersion() {
            public List<Integer> getVersionArray() {
                return List.of(5, 0, 0, 0);
            }

            public int getWireVersion() {
                return 13;
            }
        });
        MongoServer server = new MongoServer(backend);
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        System.out.println(server.getLocalAddress().getPort());
        Thread.currentThread().join();
    }
}
