using System.Text;
using System.Xml.Linq;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Documents;

namespace Audrey.Gateway.Tests.Endpoints;

public sealed class ReportXmlTests
{
    private static readonly DateTimeOffset Moment = new(2012, 5, 31, 23, 30, 0, TimeSpan.FromHours(-4));

    [Fact]
    public void A_deployment_shows_its_instances() => Assert.Equal(
        """
        <?xml version="1.0" encoding="utf-8"?>
        <deployment uuid="d" status="error">
          <registered>2012-06-01 03:30:00 +0000</registered>
          <completed>2012-05-31T23:30:01-04:00</completed>
          <instances>
            <instance uuid="u1" assembly="web" status="success" />
            <instance uuid="u2" assembly="db" status="error" />
          </instances>
        </deployment>
        """,
        Text(Render(
            Instance("u1", "web", CompletionStatus.Success) with { Completed = Moment },
            Instance("u2", "db", CompletionStatus.Error) with { Completed = Moment.AddSeconds(1) })));

    [Fact]
    public void An_instance_shows_its_services_and_missing_values() => Assert.Equal(
        """
        <?xml version="1.0" encoding="utf-8"?>
        <instance uuid="u" assembly="web" status="incomplete">
          <registered>2012-06-01 03:30:00 +0000</registered>
          <first-contacted>2012-05-31T23:30:01-04:00</first-contacted>
          <last-contacted>2012-05-31T23:30:02-04:00</last-contacted>
          <completed>2012-05-31T23:30:03-04:00</completed>
          <services>
            <service name="http" status="error">
              <configuration-started>2012-05-31T23:30:04-04:00</configuration-started>
              <configuration-ended>2012-05-31T23:30:05-04:00</configuration-ended>
              <completion-status>-1</completion-status>
            </service>
            <service name="app" status="incomplete">
              <unresolved-service-parameters>
                <service-parameter name="host">
                  <source-assembly uuid="u2" />
                  <return-param-name name="ipaddress" />
                </service-parameter>
                <service-parameter name="peers" problem="the group has too few members">
                  <return-param-name name="ip" />
                </service-parameter>
                <service-parameter name="after" problem="it waits for its own end">
                  <source-assembly uuid="u" />
                  <service-name name="app" />
                </service-parameter>
              </unresolved-service-parameters>
            </service>
          </services>
          <pending-return-parameters>
            <return-parameter name="hostname" />
            <return-parameter name="port" />
          </pending-return-parameters>
        </instance>
        """,
        Text(ReportXml.Render(Instance("u", "web", CompletionStatus.Incomplete) with
        {
            FirstContact = Moment.AddSeconds(1),
            LastContact = Moment.AddSeconds(2),
            Completed = Moment.AddSeconds(3),
            Services =
            [
                Service("http", CompletionStatus.Error) with
                {
                    Started = Moment.AddSeconds(4),
                    Ended = Moment.AddSeconds(5),
                    ExitStatus = "-1",
                },
                Service(
                    "app",
                    CompletionStatus.Incomplete,
                    Missing("host", "u2", ReferenceKind.ProvidedParameter, "ipaddress", WaitReason.NotGivenYet),
                    Missing("peers", "any", ReferenceKind.ProvidedParameter, "ip", WaitReason.GroupTooSmall),
                    Missing("after", "u", ReferenceKind.ServiceEnd, "app", WaitReason.WaitsForItself)),
            ],
            PendingProvided = ["hostname", "port"],
        })));

    [Fact]
    public void A_deployment_has_the_worst_status_among_its_instances_even_while_it_is_being_launched() => Assert.Equal(
        "success",
        (string?)Parse(
            ReportXml.Render(
                Deployable with { Launch = new() { Instances = 2, Begun = Moment } },
                [Instance("u1", "web", CompletionStatus.Success)])).Attribute("status"));

    [Fact]
    public void The_words_are_those_of_2012_although_the_guest_was_never_heard_from_and_has_not_given_a_value()
    {
        var ended = Instance("u", "a", CompletionStatus.Success) with
        {
            Completed = Moment,
            PendingProvided = ["port"],
            Services = [Service("s", CompletionStatus.Success)],
        };

        var report = Parse(ReportXml.Render(ended));

        Assert.Equal("success", (string?)report.Attribute("status"));
        Assert.NotNull(report.Element("completed"));
    }

    [Fact]
    public void Elements_of_events_that_have_not_happened_are_omitted()
    {
        Assert.Equal(
            ["registered", "instances"], Children(ReportXml.Render(Deployable, [Instance("u", "a", CompletionStatus.Incomplete)])));
        Assert.Equal(["registered", "services"], Children(ReportXml.Render(Instance("u", "a", CompletionStatus.Incomplete))));
    }

    [Fact]
    public void Characters_that_xml_allows_are_preserved() => AssertNames("a<b>&\"'\n\t\ud83d\ude00", "a<b>&\"'\n\t\ud83d\ude00");

    // This test is not a theory, because attributes cannot contain unpaired surrogates.
    [Fact]
    public void Characters_that_xml_forbids_are_replaced()
    {
        AssertNames("nul\0bell\a\ufffe", "nul\ufffdbell\ufffd\ufffd");
        AssertNames("\ud83d\ude00\ud83d", "\ud83d\ude00\ufffd");
        AssertNames("\ude00x", "\ufffdx");
        AssertNames("\ud83d\ud83d\ude00", "\ufffd\ud83d\ude00");
    }

    private static void AssertNames(string name, string expected)
    {
        var service = Service(
            name,
            CompletionStatus.Error,
            Missing(name, "u", ReferenceKind.ServiceEnd, name, WaitReason.NotGivenYet)) with
        { ExitStatus = name };
        var xml = Parse(
            ReportXml.Render(Instance("u", name, CompletionStatus.Error) with { Services = [service], PendingProvided = [name] }));
        Assert.All(
            xml.DescendantsAndSelf().Attributes().Where(a => a.Name != "status" && a.Name != "uuid"),
            a => Assert.Equal(expected, a.Value));
        Assert.Equal(expected, xml.Descendants("completion-status").Single().Value);
    }

    private static DeployableHeader Deployable => new()
    {
        Id = DeployableId.Parse("d"),
        Name = "shop",
        Conductor = ConductorKey.Parse("c"),
        Registered = Moment,
        Pages = 1,
        Deleting = false,
    };

    private static InstanceReport Instance(string id, string assembly, CompletionStatus status) => new()
    {
        Id = InstanceId.Parse(id),
        Name = assembly,
        Deployable = DeployableId.Parse("d"),
        Conductor = ConductorKey.Parse("c"),
        Status = status,
        Registered = Moment,
    };

    private static ServiceReport Service(string name, CompletionStatus status, params UnresolvedParameter[] missing) =>
        new() { Name = name, Status = status, Unresolved = [.. missing] };

    private static UnresolvedParameter Missing(string parameter, string provider, ReferenceKind kind, string name, WaitReason reason) =>
        new() { Name = parameter, Reference = new(InstanceId.Parse(provider), kind, name), Reason = reason, Since = Moment };

    private static byte[] Render(params InstanceReport[] instances) => ReportXml.Render(Deployable, instances);

    private static string Text(byte[] xml) => Encoding.UTF8.GetString(xml);

    private static XElement Parse(byte[] xml) => XDocument.Parse(Text(xml), LoadOptions.PreserveWhitespace).Root!;

    private static IEnumerable<string> Children(byte[] xml) => Parse(xml).Elements().Select(element => element.Name.LocalName);
}
