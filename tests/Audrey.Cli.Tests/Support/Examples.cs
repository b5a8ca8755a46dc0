namespace Audrey.Cli.Tests.Support;

/// <summary>Sample documents for the tests.</summary>
internal static class Examples
{
    public static string Wordpress => Path.Combine(AppContext.BaseDirectory, "examples", "wordpress.xml");

    public static string Farm => Path.Combine(AppContext.BaseDirectory, "examples", "farm.yaml");

    public static string WithFindings => Path.Combine(AppContext.BaseDirectory, "examples", "wordpress-with-findings.xml");

    /// <summary>Returns a deployable with one service, which runs the given script. One parameter receives its value at launch.</summary>
    public static string Script(string script, string name = "One") => $"""
        <deployable name="{name}">
          <assemblies>
            <assembly name="web" hwp="small">
              <image id="image"/>
              <services>
                <service name="http">
                  <executable><contents><![CDATA[#!/bin/sh
        {script}
        ]]></contents></executable>
                  <parameters><parameter name="password" type="password"/></parameters>
                </service>
              </services>
            </assembly>
          </assemblies>
        </deployable>
        """;

    /// <summary>Returns a deployable with the given number of assemblies, which have no services.</summary>
    public static string Many(int count) =>
        "<deployable name=\"Many\"><assemblies>"
        + string.Concat(Enumerable.Range(0, count).Select(i =>
            $"<assembly name=\"a{i}\" hwp=\"small\"><image id=\"i\"/><returns><return name=\"ipaddress\"/></returns></assembly>"))
        + "</assemblies></deployable>";
}
