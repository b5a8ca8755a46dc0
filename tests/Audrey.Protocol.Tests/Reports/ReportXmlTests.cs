using System.Text;
using System.Xml.Linq;
using Audrey.Protocol.Reports;

namespace Audrey.Protocol.Tests.Reports;

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
        Text(ReportXml.Render(new DeploymentReport(
            "d",
            Completion.Error,
            Moment,
            Moment.AddSeconds(1),
            [new InstanceSummary("u1", "web", Completion.Success), new InstanceSummary("u2", "db", Completion.Error)]))));

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
                <service-parameter name="after" problem="app waits for its own end">
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
        Text(ReportXml.Render(new InstanceReport(
            "u",
            "web",
            Completion.Incomplete,
            Moment,
            Moment.AddSeconds(1),
            Moment.AddSeconds(2),
            Moment.AddSeconds(3),
            [
                new ServiceReport("http", Completion.Error, Moment.AddSeconds(4), Moment.AddSeconds(5), "-1", []),
                new ServiceReport(
                    "app",
                    Completion.Incomplete,
                    null,
                    null,
                    null,
                    [
                        new UnresolvedParameter("host", "u2", SourceKind.ReturnParameter, "ipaddress"),
                        new UnresolvedParameter("after", "u", SourceKind.Service, "app", "app waits for its own end"),
                    ]),
            ],
            ["hostname", "port"]))));

    [Fact]
    public void Elements_of_events_that_have_not_happened_are_omitted()
    {
        Assert.Equal(
            ["registered", "instances"],
            Children(ReportXml.Render(new DeploymentReport("d", Completion.Incomplete, Moment, null, []))));
        Assert.Equal(
            ["registered", "services"],
            Children(ReportXml.Render(new InstanceReport("u", "a", Completion.Incomplete, Moment, null, null, null, [], []))));
    }

    [Fact]
    public void Characters_that_xml_allows_are_preserved() => AssertNames("a<b>&\"'\n\t\ud83d\ude00", "a<b>&\"'\n\t\ud83d\ude00");

    // Not a theory, because attributes cannot contain unpaired surrogates.
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
        var parameter = new UnresolvedParameter(name, name, SourceKind.Service, name, name);
        var service = new ServiceReport(name, Completion.Error, null, null, name, [parameter]);
        var xml = Parse(ReportXml.Render(new InstanceReport(name, name, Completion.Error, Moment, null, null, null, [service], [name])));
        Assert.All(xml.DescendantsAndSelf().Attributes().Where(a => a.Name != "status"), a => Assert.Equal(expected, a.Value));
        Assert.Equal(expected, xml.Descendants("completion-status").Single().Value);
    }

    private static string Text(byte[] xml) => Encoding.UTF8.GetString(xml);

    private static XElement Parse(byte[] xml) => XDocument.Parse(Text(xml), LoadOptions.PreserveWhitespace).Root!;

    private static IEnumerable<string> Children(byte[] xml) => Parse(xml).Elements().Select(element => element.Name.LocalName);
}
