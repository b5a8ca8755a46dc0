# A conductor that launches a Deployable 1.0. As the software of 2012, it joins strings and does not escape names and values.
# Arguments: server, key, secret, file with the deployable. Prints one line of JSON for each instance.
require 'json'
require 'net/http'
require 'nokogiri'
require 'oauth'
require 'oauth/client/net_http'
require 'securerandom'

server, key, secret, file = ARGV
uri = URI.parse(server)
http = Net::HTTP.new(uri.host, uri.port)
consumer = OAuth::Consumer.new(key, secret)
deployable = Nokogiri::XML(File.read(file)).root
assemblies = deployable.xpath('assemblies/assembly')
uuids = assemblies.to_h { |assembly| [assembly['name'], SecureRandom.uuid] }
deployment = SecureRandom.uuid

def parameter(element, uuids)
  reference = element.at_xpath('reference')
  value = element.at_xpath('value')
  content =
    if value || reference.nil?
      "<value><![CDATA[#{value ? value.content : 'given at launch'}]]></value>"
    else
      kind, name = reference['service'] ? ['service-parameter', reference['service']] : ['provided-parameter', reference['parameter']]
      "<reference assembly='#{uuids[reference['assembly']]}' #{kind}='#{name}'/>"
    end
  "<parameter name='#{element['name']}'>\n#{content}\n</parameter>\n"
end

def service(element, uuids)
  files = element.xpath('files/file').map(&:to_xml)
  parameters = element.xpath('parameters/parameter').map { |each| parameter(each, uuids) }
  "<service name='#{element['name']}'>\n#{element.at_xpath('executable').to_xml}\n" \
    "#{"<files>\n#{files.join("\n")}\n</files>\n" unless files.empty?}" \
    "#{"<parameters>\n#{parameters.join}</parameters>\n" unless parameters.empty?}</service>\n"
end

assemblies.each do |assembly|
  uuid = uuids[assembly['name']]
  guest_secret = SecureRandom.hex
  returns = assembly.xpath('returns/return').map { |each| each['name'] }
  services = assembly.xpath('services/service')
  document = "<instance-config id='#{uuid}' name='#{assembly['name']}' secret='#{guest_secret}'>\n" \
    "  <deployable name='#{deployable['name']}' id='#{deployment}'/>\n" \
    "  <provided-parameters>\n#{returns.map { |name| "<provided-parameter name='#{name}'/>\n" }.join}</provided-parameters>\n" \
    "  <services>\n#{services.map { |each| service(each, uuids) }.join}</services>\n</instance-config>"
  request = Net::HTTP::Post.new("/configs/2/#{uuid}")
  request.set_form_data('data' => document)
  request.oauth!(http, consumer)
  answer = http.request(request)
  puts JSON.generate(
    uuid: uuid, secret: guest_secret, deployable: deployment, status: answer.code.to_i, answer: answer.body.to_s, returns: returns,
    services: services.map { |each| each['name'] })
end
