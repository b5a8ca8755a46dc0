using System.Globalization;
using System.Text;
using System.Xml;
using Audrey.Core.Completion;
using Audrey.Core.Documents;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Gateway.Documents;

/// <summary>
/// Writes the reports of 2012: XML in UTF-8. Characters that XML cannot hold become U+FFFD. The words of these reports are those of 2012: a
/// status is the worst status of the services, and something is completed when all services have ended.
/// </summary>
internal static class ReportXml
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Returns the report on a deployable. The status in the report does not depend on whether the launch is finished.</summary>
    public static byte[] Render(DeployableHeader deployable, IReadOnlyCollection<InstanceReport> instances) => Document(xml =>
    {
        var worst = instances.Count == 0 ? CompletionStatus.Incomplete : CompletionRules.Worst(instances.Select(report => report.Status));
        xml.WriteStartElement("deployment");
        Attribute(xml, "uuid", deployable.Id.Value);
        Attribute(xml, "status", CompletionStatusNames.NameOf(worst));
        xml.WriteElementString("registered", Registered(deployable.Registered));
        if (instances.All(report => report.Completed is not null)) Moment(xml, "completed", instances.Max(report => report.Completed));
        xml.WriteStartElement("instances");
        foreach (var instance in instances)
        {
            xml.WriteStartElement("instance");
            Identity(xml, instance);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    /// <summary>Returns the report on an instance.</summary>
    public static byte[] Render(InstanceReport report) => Document(xml =>
    {
        xml.WriteStartElement("instance");
        Identity(xml, report);
        xml.WriteElementString("registered", Registered(report.Registered));
        Moment(xml, "first-contacted", report.FirstContact);
        Moment(xml, "last-contacted", report.LastContact);
        Moment(xml, "completed", report.Completed);
        xml.WriteStartElement("services");
        foreach (var service in report.Services) Service(xml, service);
        xml.WriteEndElement();
        if (!report.PendingProvided.IsEmpty) Pending(xml, report.PendingProvided);
        if (!report.Forgiven.IsEmpty) Forgiven(xml, report.Forgiven.Select(finding => finding.ToString()));
        xml.WriteEndElement();
    });

    private static void Service(XmlWriter xml, ServiceReport service)
    {
        xml.WriteStartElement("service");
        Attribute(xml, "name", service.Name);
        Attribute(xml, "status", CompletionStatusNames.NameOf(service.Status));
        if (service.ProblemOf(id => id.Value) is { } problem) Attribute(xml, "problem", problem);
        Moment(xml, "configuration-started", service.Started);
        Moment(xml, "configuration-ended", service.Ended);
        if (service.ExitStatus is { } exitStatus) xml.WriteElementString("completion-status", Sanitize(exitStatus));
        if (!service.Unresolved.IsEmpty)
        {
            xml.WriteStartElement("unresolved-service-parameters");
            foreach (var missing in service.Unresolved) Unresolved(xml, missing);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>
    /// Writes a missing value. The attribute <c>problem</c> did not exist in 2012, nor did groups. This attribute states why the value
    /// cannot be provided. A group that is too small has no source.
    /// </summary>
    private static void Unresolved(XmlWriter xml, UnresolvedParameter missing)
    {
        xml.WriteStartElement("service-parameter");
        Attribute(xml, "name", missing.Name);
        if (ProblemOf(missing.Reason) is { } problem) Attribute(xml, "problem", problem);
        if (missing.Provider is { } provider)
        {
            xml.WriteStartElement("source-assembly");
            Attribute(xml, "uuid", provider.Value);
            xml.WriteEndElement();
        }

        xml.WriteStartElement(missing.Reference.Kind == ReferenceKind.ServiceEnd ? "service-name" : "return-param-name");
        Attribute(xml, "name", missing.Reference.Name);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string? ProblemOf(WaitReason reason) => reason switch
    {
        WaitReason.NotDeclared => "the source does not declare it",
        WaitReason.WaitsForItself => "it waits for its own end",
        WaitReason.GroupTooSmall => "the group has too few members",
        _ => null,
    };

    private static void Pending(XmlWriter xml, IEnumerable<string> names)
    {
        xml.WriteStartElement("pending-return-parameters");
        foreach (var name in names)
        {
            xml.WriteStartElement("return-parameter");
            Attribute(xml, "name", name);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>Writes what the registration was forgiven. This element did not exist in 2012.</summary>
    private static void Forgiven(XmlWriter xml, IEnumerable<string> lines)
    {
        xml.WriteStartElement("forgiven");
        foreach (var line in lines) xml.WriteElementString("line", Sanitize(line));
        xml.WriteEndElement();
    }

    private static void Identity(XmlWriter xml, InstanceReport instance)
    {
        Attribute(xml, "uuid", instance.Id.Value);
        Attribute(xml, "assembly", instance.Name);
        Attribute(xml, "status", CompletionStatusNames.NameOf(instance.Status));
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Sanitize(value));

    private static void Moment(XmlWriter xml, string name, DateTimeOffset? moment)
    {
        if (moment is { } value)
            xml.WriteElementString(name, value.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    private static string Registered(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    private static byte[] Document(Action<XmlWriter> content)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, Settings))
            content(xml);
        return stream.ToArray();
    }

    private static string Sanitize(string text)
    {
        var bad = FirstInvalid(text, 0);
        if (bad < 0)
            return text;

        var characters = text.ToCharArray();
        for (; bad >= 0; bad = FirstInvalid(text, bad + 1))
            characters[bad] = '\uFFFD';
        return new string(characters);
    }

    private static int FirstInvalid(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                continue;

            if (i + 1 == text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                return i;

            i++;
        }

        return -1;
    }
}
