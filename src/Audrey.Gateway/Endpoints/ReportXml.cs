using System.Globalization;
using System.Text;
using System.Xml;

namespace Audrey.Protocol.Reports;

/// <summary>Writes the answers of <c>GET /reports</c>: XML in UTF-8. Characters that XML cannot hold become U+FFFD.</summary>
public static class ReportXml
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>The report on a deployable.</summary>
    public static byte[] Render(DeploymentReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Document(xml =>
        {
            xml.WriteStartElement("deployment");
            Attribute(xml, "uuid", report.Uuid);
            Attribute(xml, "status", report.Status.Text());
            xml.WriteElementString("registered", Registered(report.Registered));
            Moment(xml, "completed", report.Completed);
            xml.WriteStartElement("instances");
            foreach (var instance in report.Instances)
            {
                xml.WriteStartElement("instance");
                Identity(xml, instance.Uuid, instance.Assembly, instance.Status);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        });
    }

    /// <summary>The report on an instance.</summary>
    public static byte[] Render(InstanceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Document(xml =>
        {
            xml.WriteStartElement("instance");
            Identity(xml, report.Uuid, report.Assembly, report.Status);
            xml.WriteElementString("registered", Registered(report.Registered));
            Moment(xml, "first-contacted", report.FirstContacted);
            Moment(xml, "last-contacted", report.LastContacted);
            Moment(xml, "completed", report.Completed);
            xml.WriteStartElement("services");
            foreach (var service in report.Services)
                Service(xml, service);
            xml.WriteEndElement();
            if (report.PendingReturnParameters.Count > 0)
                Pending(xml, report.PendingReturnParameters);
            xml.WriteEndElement();
        });
    }

    private static void Service(XmlWriter xml, ServiceReport service)
    {
        xml.WriteStartElement("service");
        Attribute(xml, "name", service.Name);
        Attribute(xml, "status", service.Status.Text());
        Moment(xml, "configuration-started", service.ConfigurationStarted);
        Moment(xml, "configuration-ended", service.ConfigurationEnded);
        if (service.ExitStatus is { } exitStatus)
            xml.WriteElementString("completion-status", Sanitize(exitStatus));
        if (service.Unresolved.Count > 0)
        {
            xml.WriteStartElement("unresolved-service-parameters");
            foreach (var parameter in service.Unresolved)
                Unresolved(xml, parameter);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Unresolved(XmlWriter xml, UnresolvedParameter parameter)
    {
        xml.WriteStartElement("service-parameter");
        Attribute(xml, "name", parameter.Name);
        if (parameter.Problem is { } problem)
            Attribute(xml, "problem", problem);
        xml.WriteStartElement("source-assembly");
        Attribute(xml, "uuid", parameter.SourceUuid);
        xml.WriteEndElement();
        xml.WriteStartElement(parameter.SourceKind == SourceKind.Service ? "service-name" : "return-param-name");
        Attribute(xml, "name", parameter.SourceName);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Pending(XmlWriter xml, IReadOnlyList<string> names)
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

    private static void Identity(XmlWriter xml, string uuid, string assembly, Completion status)
    {
        Attribute(xml, "uuid", uuid);
        Attribute(xml, "assembly", assembly);
        Attribute(xml, "status", status.Text());
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
