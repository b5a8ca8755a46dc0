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
        Text(ReportXml.Render(Deployable(
            Instance("u1", "web", CompletionStatus.Success),
            Instance("u2", "db", CompletionStatus.Error)) with
        { Completed = Moment.AddSeconds(1) })));

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
                    Missing("after", "u", ReferenceKind.ServiceEnd, "app", WaitReason.WaitsForItself)),
            ],
            NotYetProvided = ["hostname", "port"],
        })));

    [Fact]
    public void A_deployment_has_the_worst_status_among_its_instances_even_while_it_is_being_launched() => Assert.Equal(
        "success",
        (string?)Parse(
            ReportXml.Render(Deployable(Instance("u1", "web", CompletionStatus.Success)) with { IsLaunching = true })).Attribute("status"));

    [Fact]
    public void Elements_of_events_that_have_not_happened_are_omitted()
    {
        Assert.Equal(["registered", "instances"], Children(ReportXml.Render(Deployable())));
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
            ReportXml.Render(Instance("u", name, CompletionStatus.Error) with { Services = [service], NotYetProvided = [name] }));
        Assert.All(
            xml.DescendantsAndSelf().Attributes().Where(a => a.Name != "status" && a.Name != "uuid"),
            a => Assert.Equal(expected, a.Value));
        Assert.Equal(expected, xml.Descendants("completion-status").Single().Value);
    }

    private static DeployableStatus Deployable(params InstanceStatus[] instances) => new()
    {
        Id = DeployableId.Parse("d"),
        Name = "shop",
        Status = CompletionStatus.Incomplete,
        Registered = Moment,
        AsOf = Moment,
        IsLaunching = false,
        IsBeingDeleted = false,
        IsTimedOut = false,
        Diagnosis = [],
        Deadlocks = [],
        Instances = [.. instances],
    };

    private static InstanceStatus Instance(string id, string assembly, CompletionStatus status) => new()
    {
        Id = InstanceId.Parse(id),
        Assembly = assembly,
        Deployable = DeployableId.Parse("d"),
        Generation = 1,
        Status = status,
        Registered = Moment,
        Facts = new Dictionary<string, string>(),
        NotYetProvided = [],
        Services = [],
    };

    private static ServiceStatus Service(string name, CompletionStatus status, params MissingValue[] waits) =>
        new() { Name = name, Status = status, Waits = [.. waits] };

    private static MissingValue Missing(string parameter, string provider, ReferenceKind kind, string name, WaitReason reason) => new()
    {
        Parameter = parameter,
        Kind = kind,
        Name = name,
        Reason = reason,
        Detail = "",
        Since = Moment,
        Provider = new() { Id = InstanceId.Parse(provider) },
    };

    private static string Text(byte[] xml) => Encoding.UTF8.GetString(xml);

    private static XElement Parse(byte[] xml) => XDocument.Parse(Text(xml), LoadOptions.PreserveWhitespace).Root!;

    private static IEnumerable<string> Children(byte[] xml) => Parse(xml).Elements().Select(element => element.Name.LocalName);
}
