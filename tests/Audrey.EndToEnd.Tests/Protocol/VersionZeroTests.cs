using Audrey.EndToEnd.Tests.Support;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Protocol;

[Collection(ServerCollection.Name)]
public sealed class VersionZeroTests(ServerFixture server)
{
    [Fact]
    public async Task Incomplete_is_404_and_complete_is_200()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var guest = await server.Register(web, Services(Service("http", Refers("port", db, "port"))), deployable);
        var provider = await server.Register(db, Provides("port"), deployable);
        Assert.Equal((404, ""), Short(await guest.Get($"/configs/0/{web}")));
        Assert.Equal((200, "||"), Short(await provider.Put($"/params/0/{db}", $"|port&{Base64("3306")}|")));
        Assert.Equal((200, $"|service|http|parameters|port&{Base64("3306")}|"), Short(await guest.Get($"/configs/0/{web}")));
    }

    [Fact]
    public async Task Asking_is_enough_to_give_the_address_to_those_who_wait_for_it()
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
    public async Task An_address_that_the_guest_gives_is_the_one()
    {
        var (web, db, deployable) = (NewId("web"), NewId("db"), NewId("deployable"));
        var provider = await server.Register(db, Provides("ipaddress"), deployable);
        var guest = await server.Register(web, Services(Service("http", Refers("dbhost", db, "ipaddress"))), deployable);
        await provider.Put($"/params/0/{db}", $"|ipaddress&{Base64("10.1.2.3")}|");
        await provider.Get($"/configs/0/{db}");
        Assert.Equal((200, $"|service|http|parameters|dbhost&{Base64("10.1.2.3")}|"), Short(await guest.Get($"/configs/0/{web}")));
    }

    private static (int Status, string Text) Short(Answer answer) => (answer.Status, answer.Text);
}
