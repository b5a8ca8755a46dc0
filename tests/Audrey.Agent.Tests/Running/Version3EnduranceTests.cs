namespace Audrey.Agent.Tests.Running;

public sealed class Version3EnduranceTests() : EnduranceTests(3)
{
    public static TheoryData<string, string> Misbehaviour() =>
        MisbehaviourFor("GET version", "GET hello", "PUT values", "GET configuration", "GET tarball", "PUT services");

    [Theory]
    [MemberData(nameof(Misbehaviour))]
    public Task The_run_survives_a_server_that_misbehaves(string kind, string way) => SurviveAsync(kind, way);
}
