using System.Globalization;
using System.Text;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// An instance of the load and its expected state. Its configuration contains its own values, because the instance refers to itself, and
/// the values of its providers.
/// </summary>
internal sealed class Member(string id, string deployable)
{
    private int _numbers;

    public string Id { get; } = id;

    public string Deployable { get; } = deployable;

    public string Secret { get; } = $"the-secret-of-{id}";

    /// <summary>The instances that this instance refers to.</summary>
    public List<Member> Providers { get; } = [];

    /// <summary>
    /// The possible states. After an acknowledgement there is one. After a command with an unknown outcome there can be several.
    /// </summary>
    public List<MemberState> Possible { get; private set; } = [MemberState.Absent];

    /// <summary>The known state. Fails if several states are possible.</summary>
    public MemberState State => Possible.Single();

    /// <summary>The highest number that was ever sent for this instance.</summary>
    public int Numbers => Volatile.Read(ref _numbers);

    public int NextNumber() => Interlocked.Increment(ref _numbers);

    /// <summary>Call this method when a command was acknowledged, or when the state was found after a restart.</summary>
    public void SetState(MemberState state) => Possible = [state];

    /// <summary>Call this method when the connection broke, so that it is unknown whether the command was carried out.</summary>
    public void AddPossibleStates(params IEnumerable<MemberState> states) => Possible = [.. Possible.Union(states)];

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

    /// <summary>
    /// Returns the configuration that the guest must receive. It follows from the known states of the instance and its providers.
    /// </summary>
    public string Configuration()
    {
        var (parameters, ends) = (new StringBuilder(), new StringBuilder(Parameter("e", State.End)));
        for (var i = 0; i < Providers.Count; i++)
        {
            var provider = Providers[i].State;
            parameters.Append(CultureInfo.InvariantCulture, $"{Parameter($"a{i}", provider.A)}{Parameter($"b{i}", provider.B)}");
            ends.Append(Parameter($"e{i}", provider.End));
        }

        var own = $"{Parameter("edition", State.Edition)}{Parameter("a", State.A)}{Parameter("b", State.B)}";
        return $"|service|own|parameters|{own}service|peers|parameters|{parameters}{ends}";
    }

    public override string ToString() => $"{Id}: {string.Join(" or ", Possible)}";

    public static string Base64(int number) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private static string Parameter(string name, int number) => number == 0 ? $"{name}&|" : $"{name}&{Base64(number)}|";

    private static string Refers(string name, Member provider, string source) =>
        $"<parameter name=\"{name}\"><reference assembly=\"{provider.Id}\" {source}/></parameter>";
}
