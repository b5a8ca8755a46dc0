namespace Audrey.Agent.Tests.Running;

public sealed class Version3EnduranceTests() : EnduranceTests(3)
{
    public static TheoryData<string, string> Misbehaviour() =>
        MisbehaviourAt("GET version", "GET hello", "PUT values", "GET configuration", "GET tarball", "PUT services");

    [Theory]
    [MemberData(nameof(Misbehaviour))]
    public Task A_server_that_misbehaves_for_a_while_is_outlasted(string kind, string way) => OutlastAsync(kind, way);
}
