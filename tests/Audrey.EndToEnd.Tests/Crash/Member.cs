using System.Globalization;
using System.Text;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// An instance of the load with what the ledger knows of it. Its configuration shows everything: what it gives itself by references to
/// itself, and what its providers give.
/// </summary>
internal sealed class Member(string id, string deployable)
{
    private int _numbers;

    public string Id { get; } = id;

    public string Deployable { get; } = deployable;

    public string Secret { get; } = $"the-secret-of-{id}";

    /// <summary>The instances that it refers to.</summary>
    public List<Member> Providers { get; } = [];

    /// <summary>What it may be: one picture after an acknowledgement, more after a command whose outcome is not known.</summary>
    public List<Picture> Possible { get; private set; } = [Picture.Absent];

    /// <summary>What it is.</summary>
    public Picture Now => Possible.Single();

    /// <summary>The highest number that was ever sent for it.</summary>
    public int Numbers => Volatile.Read(ref _numbers);

    public int NextNumber() => Interlocked.Increment(ref _numbers);

    /// <summary>The command was acknowledged, or a look after a restart has shown what came of it.</summary>
    public void Is(Picture picture) => Possible = [picture];

    /// <summary>The connection broke: the command was carried out, or it was not.</summary>
    public void MayBe(params IEnumerable<Picture> pictures) => Possible = [.. Possible.Union(pictures)];

    public string Document(int edition)
    {
        var peers = new StringBuilder();
        for (var i = 0; i < Providers.Count; i++)
        {
            peers.Append(Refers($"a{i}", Providers[i], "provided-parameter=\"a\""));
            peers.Append(Refers($"b{i}", Providers[i], "provided-parameter=\"b\""));
            peers.Append(Refers($"e{i}", Providers[i], "service-parameter=\"own\""));
        }

        return $"""
            <instance-config id="{Id}" name="assembly" secret="{Secret}">
              <deployable name="load" id="{Deployable}"/>
              <provided-parameters><provided-parameter name="a"/><provided-parameter name="b"/></provided-parameters>
              <services>
                <service name="own">
                  <executable><contents>edition {edition}</contents></executable>
                  <parameters>
                    <parameter name="edition"><value>{edition}</value></parameter>
                    {Refers("a", this, "provided-parameter=\"a\"")}{Refers("b", this, "provided-parameter=\"b\"")}
                  </parameters>
                </service>
                <service name="peers">
                  <executable><contents>edition {edition}</contents></executable>
                  <parameters>{Refers("e", this, "service-parameter=\"own\"")}{peers}</parameters>
                </service>
              </services>
            </instance-config>
            """;
    }

    /// <summary>The configuration that its guest is to be answered, if every instance is what it is now.</summary>
    public string Configuration()
    {
        var (parameters, ends) = (new StringBuilder(), new StringBuilder(Parameter("e", Now.End)));
        for (var i = 0; i < Providers.Count; i++)
        {
            var given = Providers[i].Now;
            parameters.Append(CultureInfo.InvariantCulture, $"{Parameter($"a{i}", given.A)}{Parameter($"b{i}", given.B)}");
            ends.Append(Parameter($"e{i}", given.End));
        }

        var own = $"{Parameter("edition", Now.Edition)}{Parameter("a", Now.A)}{Parameter("b", Now.B)}";
        return $"|service|own|parameters|{own}service|peers|parameters|{parameters}{ends}";
    }

    public override string ToString() => $"{Id}: {string.Join(" or ", Possible)}";

    public static string Base64(int number) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private static string Parameter(string name, int number) => number == 0 ? $"{name}&|" : $"{name}&{Base64(number)}|";

    private static string Refers(string name, Member to, string what) =>
        $"<parameter name=\"{name}\"><reference assembly=\"{to.Id}\" {what}/></parameter>";
}
