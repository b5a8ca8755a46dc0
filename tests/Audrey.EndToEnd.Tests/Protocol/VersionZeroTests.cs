using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class VersionZeroTests(ServerFixture server)
{
    [Fact]
    public async Task The_status_is_404_for_an_incomplete_configuration_and_200_for_a_complete_one()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var guest = await server.Register(web, Services(Service("http", Refers("port", db, "port"))), deployable);
        var provider = await server.Register(db, Provides("port"), deployable);
        Assert.Equal((404, ""), Short(await guest.Get($"/configs/0/{web}")));
        Assert.Equal((200, "||"), Short(await provider.Put($"/params/0/{db}", $"|port&{Base64("3306")}|")));
        Assert.Equal((200, $"|service|http|parameters|port&{Base64("3306")}|"), Short(await guest.Get($"/configs/0/{web}")));
    }

    [Fact]
    public async Task A_poll_provides_the_address_of_the_guest_to_the_dependents_of_its_instance()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var provider = await server.Register(db, Provides("ipaddress"), deployable);
        var guest = await server.Register(web, Services(Service("http", Refers("dbhost", db, "ipaddress"))), deployable);
        Assert.Equal(404, (await guest.Get($"/configs/0/{web}")).Status);

        Assert.Equal(200, (await provider.Get($"/configs/0/{db}")).Status);
        Assert.Equal((200, $"|service|http|parameters|dbhost&{Base64("127.0.0.1")}|"), Short(await guest.Get($"/configs/0/{web}")));
        Assert.Equal((200, "127.0.0.1"), Short(await server.Conductor.Get($"/ip/0/{db}")));
    }

    [Fact]
    public async Task The_address_of_the_connection_does_not_replace_an_address_that_the_guest_has_provided()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var provider = await server.Register(db, Provides("ipaddress"), deployable);
        var guest = await server.Register(web, Services(Service("http", Refers("dbhost", db, "ipaddress"))), deployable);
        await provider.Put($"/params/0/{db}", $"|ipaddress&{Base64("10.1.2.3")}|");
        await provider.Get($"/configs/0/{db}");
        Assert.Equal((200, $"|service|http|parameters|dbhost&{Base64("10.1.2.3")}|"), Short(await guest.Get($"/configs/0/{web}")));
    }
}
